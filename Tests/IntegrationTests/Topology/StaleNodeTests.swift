import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    /// A master that was cut off goes on claiming its slots, and answers like any other.
    @Suite("Two cluster nodes that each claim all slots")
    struct StaleNodeTests {
        private func withPair(_ body: (EmbeddedCluster) async throws -> Void) async throws {
            var options = EmbeddedClusterOptions()
            options.masters = 1
            let cluster = try await EmbeddedCluster.start(options)
            do {
                try await body(cluster)
            } catch {
                await cluster.stop()
                throw error
            }
            await cluster.stop()
        }

        private func makeSession(on cluster: EmbeddedCluster) async throws -> Session {
            let session = try await withSplitRepository(at: cluster.nodes) { repository in
                try await repository.createSession(NewSession(userID: try UserID("anna"), ticket: .none)).session
            }
            try await cluster.nodes[0].waitUntilReplicated()
            return session
        }

        /// The replica takes over, which its master does not learn; there the session is terminated.
        private func split(_ cluster: EmbeddedCluster, ending session: Session) async throws {
            let (former, successor) = (cluster.nodes[0], cluster.nodes[1])
            _ = try await former.send("CLUSTER", "FORGET", try cluster.id(of: successor))
            _ = try await successor.send("CLUSTER", "FAILOVER", "TAKEOVER")
            for node in [former, successor] {
                try await eventually("\(node) is a master") {
                    try await node.send("INFO", "replication").string?.contains("role:master") == true
                }
            }
            let outcome = try await withSplitRepository(at: [successor]) { try await $0.terminateSession(session.id) }
            #expect(outcome == .terminated)
        }

        private func withSplitRepository<Value>(
            at nodes: [FleetServer], _ body: (RedisSessionRepository) async throws -> Value
        ) async throws -> Value {
            var value: Value?
            let server = try RedisServer(cluster: nodes.map { ("127.0.0.1", $0.port) })
            try await withRepository(at: server, configure: { $0.keyPrefix = "split" }) { value = try await body($0) }
            return try #require(value)
        }

        @Test("The one with the higher epoch is believed by every new process")
        func freshProcesses() async throws {
            try await withPair { cluster in
                let session = try await makeSession(on: cluster)
                try await split(cluster, ending: session)
                for _ in 0..<20 {
                    let answer = try await withSplitRepository(at: cluster.nodes) { try await $0.authorize(session.id) }
                    #expect(answer.termination != nil)
                }
            }
        }

        @Test("A process that is connected to the other one notices, although nothing goes wrong there")
        func runningProcess() async throws {
            try await withPair { cluster in
                let session = try await makeSession(on: cluster)
                let server = try RedisServer(cluster: cluster.nodes.map { ("127.0.0.1", $0.port) })
                try await withRepository(
                    at: server,
                    configure: {
                        $0.keyPrefix = "split"
                        $0.clusterRefreshInterval = .milliseconds(500)
                    }
                ) { repository in
                    #expect(try await repository.authorize(session.id) == .active(session))
                    try await split(cluster, ending: session)
                    try await eventually("it follows") {
                        try await repository.authorize(session.id).termination != nil
                    }
                }
            }
        }
    }
}
