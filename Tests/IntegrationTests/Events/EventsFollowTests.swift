import EmbeddedRedis
import Foundation
import RedisClient
import Synchronization
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("Events go on")
    struct EventsFollowTests {
        /// Reads events for as long as it lives.
        private final class Reader: Sendable {
            private let heard = Mutex<[SessionEvents.Element]>([])
            private let task = Mutex<Task<Void, Never>?>(nil)

            var hasGap: Bool { heard.withLock { $0.contains(.mayHaveMissed) } }
            func hasHeard(_ id: SessionID) -> Bool { heard.withLock { $0.contains { $0.sessionID == id } } }

            init(_ events: SessionEvents) {
                task.withLock {
                    $0 = Task { [weak self] in
                        // A refusal ends it: nobody hears of a session then.
                        do {
                            for try await element in events { self?.heard.withLock { $0.append(element) } }
                        } catch {}
                    }
                }
            }

            deinit { task.withLock { $0?.cancel() } }
        }

        /// Creates sessions until the reader hears of one.
        private func expectNews(of repository: RedisSessionRepository, by reader: Reader) async throws {
            var sessions: [SessionID] = []
            try await eventually("the reader hears of a session") {
                let new = NewSession(userID: try UserID("user-\(sessions.count)"), ticket: .none)
                if let created = try? await repository.createSession(new) { sessions.append(created.session.id) }
                return sessions.contains(where: reader.hasHeard)
            }
        }

        @Test("when the node to which the reader is connected is taken out of the cluster, after a gap")
        func removedNode() async throws {
            try await withCluster(
                configure: {
                    $0.clientName = "reader"
                    $0.clusterRefreshInterval = .milliseconds(500)
                },
                checkingAfterwards: false
            ) { store, cluster in
                let reader = Reader(try await store.repository.events())
                try await expectNews(of: store.repository, by: reader)
                let node = try await replicaWithReader(of: cluster, channel: store.keys.events)
                let id = try cluster.id(of: node)
                for other in cluster.nodes where other != node { _ = try await other.send("CLUSTER", "FORGET", id) }
                try await eventually("the reader hears of a gap") { reader.hasGap }
                let later = Reader(try await store.repository.events())
                try await expectNews(of: store.repository, by: reader)
                try await expectNews(of: store.repository, by: later)
                try await eventually("nobody listens at the node any more") {
                    try await subscribers(of: node, store.keys.events) == 0
                }
            }
        }

        /// Closes the reader's connection until it comes back at a node that serves no slot.
        private func replicaWithReader(of cluster: EmbeddedCluster, channel: String) async throws -> FleetServer {
            var found: FleetServer?
            try await eventually("the reader is connected to a replica") {
                let masters = await cluster.masters()
                for node in cluster.nodes where try await subscribers(of: node, channel) > 0 {
                    if !masters.contains(node) { found = node }
                    if found == nil { _ = try await node.send("CLIENT", "KILL", "TYPE", "pubsub") }
                }
                return found != nil
            }
            return try #require(found)
        }

        private func subscribers(of node: FleetServer, _ channel: String) async throws -> Int {
            try await node.send("PUBSUB", "NUMSUB", channel).array.last?.integer ?? 0
        }

        @Test("when another server becomes the master behind one address, and the former one stays reachable")
        func demotedMaster() async throws {
            try await withReplicatedPair { pair in
                try await withRepository(
                    at: pair.server,
                    configure: {
                        $0.keyPrefix = "events"
                        $0.roleCheck = .every(.milliseconds(200))
                    }
                ) { repository in
                    let reader = Reader(try await repository.events())
                    try await expectNews(of: repository, by: reader)
                    try await pair.promote()
                    try await pair.demoteMaster()
                    // Open connections stay where they are.
                    await pair.way.redirect(to: .unixSocket(path: pair.replica.unixSocketPath), open: .kept)
                    let successor = try RedisServer(unixSocketPath: pair.replica.unixSocketPath)
                    try await withRepository(at: successor, configure: { $0.keyPrefix = "events" }) { writer in
                        try await expectNews(of: writer, by: reader)
                    }
                    #expect(reader.hasGap)
                }
            }
        }
    }
}
