import EmbeddedRedis
import Foundation
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("The access list on Redis Cluster")
    struct ClusterAccessTests {
        @Test("lets the session service wait for replicas, and the auth middleware look up support sessions")
        func users() async throws {
            let list = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../../scripts/redis/users.acl").standardizedFileURL.path
            var options = EmbeddedClusterOptions()
            options.configuration = ["aclfile \(list)"]
            let cluster = try await EmbeddedCluster.start(options)
            for node in cluster.nodes {
                for user in ["session-service", "auth-middleware"] {
                    _ = try await node.send("ACL", "SETUSER", user, "on", ">s3cret")
                }
            }
            try await withUser("session-service", on: cluster) { service in
                let admin = try UserID("admin")
                let grant = try await service.saveSupportAccessGrant(
                    NewSupportAccessGrant(
                        organizationID: try OrganizationID("acme"), grantedBy: "alice", expiry: .after(.seconds(600)),
                        grantedTo: .anyAdministrator))
                let support = try await service.createSession(
                    NewSession(userID: admin, ticket: .none, grantID: grant.id)
                ).session
                try await withUser("auth-middleware", on: cluster) { middleware in
                    #expect(try await middleware.authorize(support.id) == .active(support))
                    let durability = Durability.replicated(count: 1, timeout: .seconds(20))
                    let ended = try await service.terminateSession(support.id, durability: durability)
                    #expect(ended == Confirmed(.terminated, replicas: 1))
                    #expect(try await middleware.authorize(support.id).termination != nil)
                }
                #expect(try await service.terminateAllSessions() == 0)
                try await eventually("the journal is confirmed") { service.revocationJournalStatus.pending == 0 }
            }
            await cluster.stop()
        }

        @Test("An auth middleware that may not learn how recent a claim is gets an error that names the right")
        func withoutNodes() async throws {
            var options = EmbeddedClusterOptions()
            (options.masters, options.replicasPerMaster) = (1, 0)
            let cluster = try await EmbeddedCluster.start(options)
            _ = try await cluster.nodes[0].send(
                "ACL", "SETUSER", "auth-middleware", "on", ">s3cret", "~*", "+@all", "-cluster", "+cluster|slots")
            try await withUser("auth-middleware", on: cluster) { middleware in
                let error = await failure { () throws(SessionRepositoryError) in try await middleware.currentTime() }
                guard case .storeRefused(code: "NOPERM", let message)? = error else {
                    Issue.record("it threw \(String(describing: error))")
                    return
                }
                #expect(message.contains("+cluster|nodes"))
                _ = try await cluster.nodes[0].send("ACL", "SETUSER", "auth-middleware", "+cluster")
                try await eventually("it works once it may") { (try? await middleware.currentTime()) != nil }
            }
            await cluster.stop()
        }

        private func withUser(
            _ name: String, on cluster: EmbeddedCluster, _ body: (RedisSessionRepository) async throws -> Void
        ) async throws {
            let url = cluster.url.replacing("redis+cluster://", with: "redis+cluster://\(name):s3cret@")
            try await withRepository(at: try RedisServer(url: url), configure: { $0.keyPrefix = "sr" }, body)
        }
    }
}
