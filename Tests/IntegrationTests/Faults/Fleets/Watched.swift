import EmbeddedRedis
import Foundation
import RedisClient
import Synchronization

@testable import SessionRepository

/// A master and two replicas that three Sentinels watch.
final class Watched: FaultTopology {
    private let group: EmbeddedSentinels
    /// Where clients find the Sentinels.
    private let ways: [FaultProxy]
    private let victim = Mutex<FleetServer?>(nil)

    private init(_ group: EmbeddedSentinels) throws {
        self.group = group
        ways = try group.sentinels.map { try FaultProxy(to: .tcp(host: "127.0.0.1", port: UInt16($0.port))) }
    }

    static func start() async throws -> Watched {
        let watched = try Watched(try await EmbeddedSentinels.start())
        try await watched.waitUntilWell()
        return watched
    }

    var server: RedisServer {
        get throws {
            let addresses = ways.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
            return try RedisServer(url: "redis+sentinel://\(addresses)/mymaster")
        }
    }

    func inject(_ fault: WatchedFault) async throws {
        if let damage = fault.damage {
            for way in ways { await way.apply(.damaging(damage)) }
            return
        }
        let master = try await group.master()
        let replicas = group.servers.filter { $0 != master }
        switch fault {
        case .masterKilled: try await kill(master)
        case .masterStopped:
            choose(master)
            master.signal(SIGSTOP)
        case .gracefulFailover: _ = try await group.failover()
        case .replicaKilled: try await kill(replicas.randomElement())
        case .sentinelKilled: try await kill(group.sentinels.randomElement())
        case .linksCutThenMasterKilled:
            try await master.loseReplicas(replicas)
            // So long is acknowledged what nobody else hears of.
            try await Task.sleep(for: .milliseconds(300))
            try await kill(master)
            try await master.regainReplicas(replicas)
        case .sentinelRepliesSwallowed, .sentinelRepliesDoubled, .sentinelErrorsInserted: break
        }
    }

    func heal(_ fault: WatchedFault) async throws {
        if fault.damage != nil { for way in ways { await way.heal() } }
        guard let victim = victim.withLock({ $0.take() }) else { return try await waitUntilWell() }
        switch fault {
        case .masterStopped:
            _ = try await group.waitForMaster(otherThan: victim)
            victim.signal(SIGCONT)
        case .masterKilled, .linksCutThenMasterKilled:
            _ = try await group.waitForMaster(otherThan: victim)
            try await victim.restart()
        case .replicaKilled: try await victim.restart()
        case .sentinelKilled:
            try await victim.restart()
            try await group.quicken()
        case .gracefulFailover, .sentinelRepliesSwallowed, .sentinelRepliesDoubled, .sentinelErrorsInserted: break
        }
        try await waitUntilWell()
    }

    /// Well means that every replica is sent what the master acknowledges.
    private func waitUntilWell() async throws {
        // Sentinels write a server's settings down as they are when they change its role.
        try await group.servers[0].regainReplicas(group.servers)
        let master = try await group.waitUntilStable()
        try await master.waitUntilItFeeds(group.servers.count - 1)
    }

    func remains() async throws -> String { try await (group.servers + group.sentinels).connectionsLeft() }

    func stop() async {
        await group.stop()
        for way in ways { await way.stop() }
    }

    private func choose(_ server: FleetServer) { victim.withLock { $0 = server } }

    private func kill(_ server: FleetServer?) async throws {
        guard let server else { return }
        choose(server)
        try await server.kill()
    }
}
