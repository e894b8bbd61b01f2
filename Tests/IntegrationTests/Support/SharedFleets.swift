import EmbeddedRedis
import Synchronization

/// Groups of servers that tests share when they do them no harm. Each starts with the first test that wants it, and dies
/// with the process.
enum SharedFleets {
    static let sentinels = Task { try await EmbeddedSentinels.start() }
    static let cluster = Task { try await EmbeddedCluster.start() }
    static let clusterInMotion = Task { ClusterInMotion(try await EmbeddedCluster.start()) }
    static let clusterLosingMasters = Task { ClusterLosingMasters(try await EmbeddedCluster.start()) }
}

/// Kills a master, starts it again when its replica has taken its place, and goes on to the next, for as long as it is
/// kept.
final class ClusterLosingMasters: Sendable {
    let cluster: EmbeddedCluster
    private let killer: Task<Void, Never>

    init(_ cluster: EmbeddedCluster) {
        self.cluster = cluster
        killer = Task {
            while !Task.isCancelled {
                guard let master = await cluster.masters().randomElement(), (try? await master.fedReplicas) == 1 else {
                    continue
                }
                try? await master.kill()
                try? await cluster.waitUntilStable()
                try? await master.restart()
                try? await cluster.waitUntilStable()
            }
        }
    }

    deinit {
        killer.cancel()
    }
}

/// Moves the slots of whatever keys there are from master to master, for as long as it is kept.
final class ClusterInMotion: Sendable {
    let cluster: EmbeddedCluster
    private let mover: Task<Void, Never>
    private let count = Count()

    private final class Count: Sendable {
        let moves = Atomic(0)
    }

    /// How many slots have changed hands.
    var moves: Int { count.moves.load(ordering: .relaxed) }

    init(_ cluster: EmbeddedCluster) {
        self.cluster = cluster
        let count = count
        mover = Task {
            while !Task.isCancelled {
                for (slot, master) in await cluster.slotsInUse() {
                    let others = await cluster.masters().filter { $0 != master }
                    guard let target = others.randomElement() else { continue }
                    // One that fails leaves the slot on its way for a while: so much the better.
                    guard let migration = try? await cluster.beginMigration(of: slot, to: target) else { continue }
                    // Some of its keys here, some there.
                    _ = try? await migration.moveKeys(Int.random(in: 0...3))
                    if (try? await migration.finish()) != nil { count.moves.add(1, ordering: .relaxed) }
                }
                await Task.yield()
            }
        }
    }

    deinit {
        mover.cancel()
    }
}
