import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("Redis Cluster")
    struct ClusterTests {
        @Test("serves users of every master, and a walk visits all of them")
        func allMasters() async throws {
            try await withCluster { store, cluster in
                for master in await cluster.masters() {
                    let user = try store.user(await cluster.owner("user", on: master))
                    try await store.create(2, for: user)
                    #expect(try await store.repository.findActiveSessionsByUser(user).count == 2)
                }
                #expect(try await store.repository.terminateAllSessions() == 6)
                #expect(try await store.repository.checkHealth().contains { $0.name == "eviction" && $0.status == .ok })
            }
        }

        @Test("goes on when a master is killed: calls wait for its successor")
        func killed() async throws {
            try await withCluster { store, cluster in
                let master = try #require(await cluster.masters().first)
                let user = try store.user(await cluster.owner("user", on: master))
                let sessions = try await store.create(8, for: user)
                _ = try await store.repository.invalidateRefreshTokenChain(
                    sessions[0].id, durability: .replicated(count: 1, timeout: .seconds(10)))
                try await master.kill()
                let answers = try await inParallel(8) { number in
                    try await store.repository.authorize(sessions[number].id)
                }
                #expect(answers == sessions.map { .active($0) })
                #expect(try await store.repository.terminateAllSessionsByUser(user) == 8)
            }
        }

        @Test("without a successor is unavailable in time, and works again when the master is back")
        func noReplica() async throws {
            var options = EmbeddedClusterOptions()
            options.replicasPerMaster = 0
            options.appendOnly = true
            try await withCluster(options) { store, cluster in
                let master = try #require(await cluster.masters().first)
                let session = try await store.create(for: try store.user(await cluster.owner("user", on: master)))
                try await withImpatience(.milliseconds(700), with: store) { hasty in
                    func works() async -> Bool { (try? await hasty.authorize(session.id)) == .active(session) }
                    try await eventually("it has a connection") { await works() }
                    try await master.kill()
                    let began = ContinuousClock.now
                    try await eventually("it is known to be unavailable") {
                        let error = await failure { () throws(SessionRepositoryError) in
                            try await hasty.authorize(session.id)
                        }
                        // Sent before anybody knew.
                        if error != .timedOut { #expect(error?.code == "storeUnavailable") }
                        return error != .timedOut
                    }
                    #expect(ContinuousClock.now - began < .seconds(15))
                    try await master.restart()
                    try await eventually("it works again by itself") { await works() }
                }
            }
        }

        @Test("whose master hangs goes on with the successor, also in processes that noticed nothing")
        func hangs() async throws {
            try await withCluster(configure: { $0.commandTimeout = .seconds(5) }) { store, cluster in
                let master = try #require(await cluster.masters().first)
                let session = try await store.create(for: try store.user(await cluster.owner("user", on: master)))
                _ = try await store.repository.invalidateRefreshTokenChain(
                    session.id, durability: .replicated(count: 1, timeout: .seconds(10)))
                master.signal(SIGSTOP)
                try await eventually("the successor answers") {
                    (try? await store.repository.terminateSession(session.id)) != nil
                }
                master.signal(SIGCONT)
                #expect(try await store.repository.authorize(session.id).termination != nil)
                try await cluster.waitUntilStable()
                #expect(try await store.repository.authorize(session.id).termination != nil)
            }
        }

        @Test("of which no node can be reached is unavailable in time")
        func nobody() async throws {
            let server = try RedisServer(cluster: [("127.0.0.1", 1), ("127.0.0.1", 2)])
            try await withRepository(at: server, configure: { $0.commandTimeout = .milliseconds(300) }) { repository in
                let error = await failure { () throws(SessionRepositoryError) in try await repository.currentTime() }
                guard case .storeUnavailable? = error else {
                    Issue.record("it threw \(String(describing: error))")
                    return
                }
            }
        }

        @Test("loses no connection to masters that have gone")
        func retired() async throws {
            try await withCluster(configure: { $0.clientName = "lodger" }) { store, cluster in
                let master = try #require(await cluster.masters().first)
                let user = try store.user(await cluster.owner("user", on: master))
                let session = try await store.create(for: user)
                #expect(try await master.clients(named: "lodger") > 0)
                let successor = try await cluster.failover(of: master)
                #expect(try await store.repository.terminateSession(session.id) == .terminated)
                #expect(try await successor.clients(named: "lodger") > 0)
                try await eventually("the former master's connection is closed") {
                    try await master.clients(named: "lodger") == 0
                }
            }
        }

        @Test("is unavailable, not shut down, to who still asks a master that has gone")
        func left() async throws {
            try await withCluster { store, cluster in
                let master = try #require(await cluster.masters().first)
                let partition = try #require(
                    try await store.redis.partitions().first { $0.place.hasSuffix(":\(master.port)") })
                let user = try store.user(await cluster.owner("user", on: master))
                _ = try await cluster.failover(of: master)
                // Whoever asks for a slot of his learns that it has another master.
                let key = store.keys.userIndex(user)
                try await eventually("the master is let go") {
                    _ = try? await store.redis.execute(RedisCommand("EXISTS", key), slot: HashSlot(key: key)) { _ in }
                    do throws(RedisError) {
                        try await partition.execute(RedisCommand("PING")) { _ in }
                        return false
                    } catch {
                        return error == .unavailable(reason: "the node has left the cluster")
                    }
                }
            }
        }

        @Test("with a password is logged in to")
        func password() async throws {
            var options = EmbeddedClusterOptions()
            options.password = "s3cret"
            options.replicasPerMaster = 0
            try await withCluster(options) { store, _ in
                let session = try await store.create(for: try store.user())
                #expect(try await store.repository.authorize(session.id) == .active(session))
            }
        }
    }
}
