import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

/// A group of servers with a proxy in front of each.
enum StreamFleet: String, CaseIterable, Sendable {
    case sentinel, cluster

    /// Whose replies are damaged.
    enum Connections: String, Sendable {
        case masters, sentinels
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let fleet: StreamFleet
        let connections: Connections
        let scene: StreamCase

        var testDescription: String { "\(fleet), \(connections): \(scene.testDescription)" }
    }

    static var cases: [Case] {
        Damage.Kind.allCases.flatMap { kind in
            [false, true].flatMap { hasNearCache -> [Case] in
                let scene = StreamCase(kind: kind, tasks: 16, hasNearCache: hasNearCache, isRepeated: hasNearCache)
                var cases = allCases.map { Case(fleet: $0, connections: .masters, scene: scene) }
                if kind != .swap {
                    // A client asks its Sentinel every two seconds.
                    var watching = scene
                    (watching.isRepeated, watching.isQuiet) = (false, true)
                    cases.append(Case(fleet: .sentinel, connections: .sentinels, scene: watching))
                }
                return cases
            }
        }
    }

    func play(_ scene: StreamCase, _ connections: Connections) async throws -> DamagedStream.Report {
        switch self {
        case .sentinel: try await Self.playOnSentinels(scene, connections)
        case .cluster: try await Self.playOnCluster(scene)
        }
    }

    private static func proxy(to server: FleetServer) throws -> FaultProxy {
        try FaultProxy(to: .tcp(host: "127.0.0.1", port: UInt16(server.port)))
    }

    /// The Sentinel is told that the master is where the proxy is.
    private static func playOnSentinels(
        _ scene: StreamCase, _ connections: Connections
    ) async throws -> DamagedStream.Report {
        var options = EmbeddedSentinelsOptions()
        (options.replicas, options.sentinels) = (0, 1)
        options.downAfter = .seconds(30)
        let group = try await EmbeddedSentinels.start(options)
        let (sentinel, master) = (group.sentinels[0], group.servers[0])
        let (way, watch) = (try proxy(to: master), try proxy(to: sentinel))
        _ = try await sentinel.send("SENTINEL", "REMOVE", "mymaster")
        _ = try await sentinel.send("SENTINEL", "MONITOR", "mymaster", "127.0.0.1", "\(way.port)", "1")
        let report = try await scene.play(
            at: "redis+sentinel://127.0.0.1:\(watch.port)/mymaster", through: [connections == .masters ? way : watch])
        await group.stop()
        for proxy in [way, watch] { await proxy.stop() }
        return report
    }

    /// Each node tells the others, and clients, that it is where its proxy is.
    private static func playOnCluster(_ scene: StreamCase) async throws -> DamagedStream.Report {
        var options = EmbeddedClusterOptions()
        options.replicasPerMaster = 0
        options.nodeTimeout = .seconds(30)
        let cluster = try await EmbeddedCluster.start(options)
        let ways = try cluster.nodes.map(proxy)
        try await cluster.announce(ways)
        let report = try await scene.play(at: cluster.url, through: ways)
        await cluster.stop()
        for way in ways { await way.stop() }
        return report
    }
}

extension EmbeddedCluster {
    /// Lets each node tell the others and clients that it is where its proxy is. Returns when all know.
    func announce(_ ways: [FaultProxy]) async throws {
        for (node, way) in zip(nodes, ways) where node.isRunning {
            _ = try await node.send("CONFIG", "SET", "cluster-announce-port", "\(way.port)")
        }
        let ports = Set(ways.map { Int($0.port) })
        for node in nodes where node.isRunning {
            try await eventually("\(node) knows of the proxies") {
                let ranges = try await node.send("CLUSTER", "SLOTS").array
                let known = ranges.flatMap { $0.array.dropFirst(2) }.compactMap { $0.array.dropFirst().first?.integer }
                return Set(known) == ports
            }
        }
    }
}
