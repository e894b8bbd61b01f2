import EmbeddedRedis
import Foundation
import Synchronization

@testable import SessionRepository

/// A master and two replicas that three Sentinels watch.
final class Watched: FaultTopology {
    private let group: EmbeddedSentinels
    private let victim = Mutex<FleetServer?>(nil)

    private init(_ group: EmbeddedSentinels) {
        self.group = group
    }

    static func start() async throws -> Watched {
        let watched = Watched(try await EmbeddedSentinels.start())
        try await watched.waitUntilWell()
        return watched
    }

    var server: RedisServer { get throws { try RedisServer(url: group.url) } }

    func inject(_ fault: WatchedFault) async throws {
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
        }
    }

    func heal(_ fault: WatchedFault) async throws {
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
        case .gracefulFailover: break
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

    func stop() async { await group.stop() }

    private func choose(_ server: FleetServer) { victim.withLock { $0 = server } }

    private func kill(_ server: FleetServer?) async throws {
        guard let server else { return }
        choose(server)
        try await server.kill()
    }
}
