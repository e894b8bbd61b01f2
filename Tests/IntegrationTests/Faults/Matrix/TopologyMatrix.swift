import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

/// What is measured by the clock where servers are found through others, or by several addresses.
@Suite("The matrix of alternatives", .serialized, .timeLimit(.minutes(10)))
struct TopologyMatrix {
    /// Counts from the first attempt of a process to its first answer, with the timeouts that a process has by default.
    private func firstAnswer(
        from server: RedisServer, resolve: (@Sendable (String) -> [String])? = nil
    ) async throws -> Duration {
        var configuration = RedisSessionRepositoryConfiguration(server: server)
        configuration.resolve = resolve
        let began = ContinuousClock.now
        try await withRepository(at: server, configure: { $0 = configuration }) { _ = try await $0.currentTime() }
        return ContinuousClock.now - began
    }

    private func silence() async throws -> FaultProxy {
        let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: 1))
        await proxy.apply(.both(.swallow))
        return proxy
    }

    @Test("A name whose first address says nothing: a new process has its answer within a second")
    func address() async throws {
        try await withPrivateServer { server in
            let upstream = RedisEndpoint.unixSocket(path: server.unixSocketPath)
            let way = try FaultProxy(to: upstream)
            let silent = try FaultProxy(to: upstream, on: "127.0.0.2", port: way.port)
            await silent.apply(.both(.swallow))
            let time = try await firstAnswer(
                from: try RedisServer(host: "redis.test", port: Int(way.port)),
                resolve: { _ in ["127.0.0.2", "127.0.0.1"] })
            print("silent address: first answer after \(time)")
            #expect(time < .seconds(1))
            for proxy in [silent, way] { await proxy.stop() }
        }
    }

    @Test("One of two Sentinels says nothing: a new process has its answer within a second")
    func sentinel() async throws {
        let group = try await EmbeddedSentinels.start()
        let silent = try await silence()
        let ports = [Int(silent.port), group.sentinels[0].port]
        let time = try await firstAnswer(
            from: try RedisServer(sentinels: ports.map { ("127.0.0.1", $0) }, masterName: "mymaster"))
        print("silent Sentinel: first answer after \(time)")
        #expect(time < .seconds(1))
        await silent.stop()
        await group.stop()
    }

    @Test("Three of four seeds say nothing: a new process has its answer within a second")
    func seed() async throws {
        let cluster = try await EmbeddedCluster.start()
        var silent: [FaultProxy] = []
        for _ in 0..<3 { silent.append(try await silence()) }
        let ports = silent.map { Int($0.port) } + [cluster.nodes[0].port]
        let time = try await firstAnswer(from: try RedisServer(cluster: ports.map { ("127.0.0.1", $0) }))
        print("silent seeds: first answer after \(time)")
        #expect(time < .seconds(1))
        for proxy in silent { await proxy.stop() }
        await cluster.stop()
    }

    /// The Sentinel promotes one replica and then waits, for as long as its failover may take, for the other one.
    @Test("One Sentinel, and a replica that cannot follow: an outage of less than six seconds")
    func laggingSentinel() async throws {
        var options = EmbeddedSentinelsOptions()
        options.sentinels = 1
        options.failoverTimeout = .seconds(60)
        let group = try await EmbeddedSentinels.start(options)
        try await withStore(url: group.url, configure: { $0.commandTimeout = .seconds(1) }, removingKeys: false) {
            store in
            let session = try await store.create(for: try store.user())
            let lame = group.servers[2]
            try await group.servers[0].waitUntilReplicated()
            _ = try await lame.send("CONFIG", "SET", "replica-priority", "0")
            _ = try await lame.send("CONFIG", "SET", "masterauth", "no such password")
            try await eventually("the Sentinel knows that it must not be promoted") {
                let replicas = try await group.sentinels[0].send("SENTINEL", "REPLICAS", "mymaster").array
                return replicas.contains {
                    $0.fields["port"] == "\(lame.port)" && $0.fields["slave-priority"] == "0"
                }
            }
            try await group.servers[0].kill()
            let killed = ContinuousClock.now
            try await eventually("the new master answers") {
                (try? await store.repository.authorize(session.id)) == .active(session)
            }
            let outage = ContinuousClock.now - killed
            let named = try await group.sentinels[0].send("SENTINEL", "MASTER", "mymaster").fields["port"]
            print("lagging Sentinel: outage of \(outage); SENTINEL MASTER names \(named ?? "nobody")")
            #expect(outage < .seconds(6))
            #expect(named == "\(group.servers[0].port)", "the Sentinel does not lag: nothing has been shown")
        }
        await group.stop()
    }
}
