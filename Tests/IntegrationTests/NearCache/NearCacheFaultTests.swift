import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("The near cache of a store in trouble")
    struct NearCacheFaultTests {
        @Test("On a network that went silent nothing is believed for longer than the bound")
        func blackHole() async throws {
            try await withPrivateServer { server in
                let proxy = try FaultProxy(to: .unixSocket(path: server.unixSocketPath))
                let bound = Duration.seconds(1)
                var policy = NearCachePolicy()
                policy.maximumStaleness = bound
                try await withStore(
                    url: "redis://127.0.0.1:\(proxy.port)",
                    configure: {
                        $0.nearCache = policy
                        // That the connections are dead is found out after the bound.
                        $0.commandTimeout = .seconds(2)
                    },
                    checkingAfterwards: false, removingKeys: false
                ) { store in
                    try await store.elsewhere(server.url) { other in
                        let session = try await store.create(for: try store.user())
                        try await store.remember(session)
                        await proxy.apply(.both(.swallow))
                        _ = try await other.terminateSession(session.id)
                        let ended = ContinuousClock.now
                        var isBelieved = true
                        while isBelieved {
                            let asked = ContinuousClock.now
                            isBelieved = (try? await store.repository.authorize(session.id))?.session != nil
                            #expect(!isBelieved || asked < ended + bound)
                        }
                        await proxy.heal()
                        try await eventually("it is refused") {
                            (try? await store.repository.authorize(session.id))?.termination != nil
                        }
                    }
                }
                await proxy.stop()
            }
        }

        @Test("A new master is listened to: Sentinels' failover")
        func sentinels() async throws {
            try await withSentinels(configure: { $0.nearCache = .patient }) { store, group in
                for _ in 0..<2 {
                    let session = try await store.create(for: try store.user())
                    try await store.remember(session)
                    _ = try await store.repository.invalidateRefreshTokenChain(
                        session.id, durability: .replicated(count: 2, timeout: .seconds(10)))
                    try await store.remember(session)
                    _ = try await group.failover()
                    try await store.elsewhere(group.url) { other in
                        _ = try await other.terminateSession(session.id)
                        try await eventually("it is refused") {
                            try await store.repository.authorize(session.id).termination != nil
                        }
                        let next = try await store.create(for: try store.user())
                        try await store.remember(next)
                        _ = try await other.terminateSession(next.id)
                        try await eventually("what was remembered of the new master is refused") {
                            try await store.repository.authorize(next.id).termination != nil
                        }
                    }
                    try await group.waitUntilStable()
                }
            }
        }

        @Test("A new master is listened to: failover in Redis Cluster")
        func cluster() async throws {
            try await withCluster(configure: { $0.nearCache = .patient }) { store, cluster in
                var master = try #require(await cluster.masters().first)
                let user = try store.user(await cluster.owner("user", on: master))
                for _ in 0..<2 {
                    let session = try await store.create(for: user)
                    try await store.remember(session)
                    master = try await cluster.failover(of: master)
                    try await store.elsewhere(cluster.url) { other in
                        _ = try await other.terminateSession(session.id)
                        try await eventually("it is refused") {
                            try await store.repository.authorize(session.id).termination != nil
                        }
                        let next = try await store.create(for: user)
                        try await store.remember(next)
                        _ = try await other.terminateSession(next.id)
                        try await eventually("what was remembered of the new master is refused") {
                            try await store.repository.authorize(next.id).termination != nil
                        }
                    }
                    try await cluster.waitUntilStable()
                }
            }
        }
    }
}
