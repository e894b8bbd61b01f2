import EmbeddedRedis
import Foundation
import RedisClient
import Synchronization

@testable import SessionRepository

/// A Redis Cluster of three masters with a replica each.
final class Clustered: FaultTopology {
    private struct State {
        var victim: FleetServer?
        /// Slots that have been left on their way.
        var migrations: [SlotMigration] = []
    }

    private let cluster: EmbeddedCluster
    /// Where clients find each node.
    private let ways: [FaultProxy]
    private let state = Mutex(State())

    private init(_ cluster: EmbeddedCluster) throws {
        self.cluster = cluster
        ways = try cluster.nodes.map { try FaultProxy(to: .tcp(host: "127.0.0.1", port: UInt16($0.port))) }
    }

    static func start() async throws -> Clustered {
        let clustered = try Clustered(try await EmbeddedCluster.start())
        try await clustered.cluster.announce(clustered.ways)
        try await clustered.waitUntilWell()
        return clustered
    }

    var server: RedisServer { get throws { try RedisServer(url: cluster.url) } }

    func inject(_ fault: ClusteredFault) async throws {
        if let damage = fault.damage {
            // A node that was restarted announces itself.
            try await cluster.announce(ways)
            for way in ways { await way.apply(.damaging(damage)) }
            return
        }
        switch fault {
        case .slotsMoving: return try await moveSlot()
        case .clientKill: return try await tellAll("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        case .scriptFlush: return try await tellAll("SCRIPT", "FLUSH")
        default: break
        }
        guard let master = await cluster.masters().randomElement() else { return }
        let replicas = try await cluster.replicas(of: master)
        switch fault {
        case .masterKilled: try await kill(master)
        case .masterStopped:
            choose(master)
            master.signal(SIGSTOP)
        case .gracefulFailover: _ = try await cluster.failover(of: master)
        case .replicaKilled: try await kill(replicas.randomElement())
        case .linksCutThenMasterKilled:
            try await master.loseReplicas(replicas)
            // So long is acknowledged what nobody else hears of.
            try await Task.sleep(for: .milliseconds(300))
            try await kill(master)
            try await master.regainReplicas(replicas)
        default: break
        }
    }

    func heal(_ fault: ClusteredFault) async throws {
        if fault.damage != nil { for way in ways { await way.heal() } }
        let (victim, migrations) = state.withLock { state in
            defer { state = State() }
            return (state.victim, state.migrations)
        }
        for migration in migrations { try await migration.finish() }
        if let victim {
            switch fault {
            case .masterStopped:
                try await cluster.waitUntilStable(without: [victim])
                victim.signal(SIGCONT)
            case .replicaKilled:
                try await victim.restart()
            default:
                // Before it counts as failed it would come back empty, as the master that it was.
                try await cluster.waitUntilStable()
                try await victim.restart()
            }
        }
        try await waitUntilWell()
    }

    /// Well means that every master's replica is sent what it acknowledges.
    private func waitUntilWell() async throws {
        try await cluster.waitUntilStable()
        for master in await cluster.masters() { try await master.waitUntilItFeeds(1) }
    }

    func remains() async throws -> String { try await cluster.nodes.connectionsLeft() }

    func stop() async {
        await cluster.stop()
        for way in ways { await way.stop() }
    }

    /// One of those in use, some of its keys a moment before the others.
    private func moveSlot() async throws {
        guard let (slot, master) = await cluster.slotsInUse().first,
            let target = await cluster.masters().filter({ $0 != master }).randomElement()
        else { return }
        let migration = try await cluster.beginMigration(of: slot, to: target)
        do {
            try await migration.moveKeys(Int.random(in: 0...3))
            // So long the slot is half here and half there, under load.
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...50)))
            try await migration.finish()
        } catch {
            state.withLock { $0.migrations.append(migration) }
        }
    }

    private func tellAll(_ words: String...) async throws {
        for node in cluster.nodes { _ = try await node.redis.send(words) }
    }

    private func choose(_ server: FleetServer) { state.withLock { $0.victim = server } }

    private func kill(_ server: FleetServer?) async throws {
        guard let server else { return }
        choose(server)
        try await server.kill()
    }
}
