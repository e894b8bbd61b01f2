import EmbeddedRedis
import Synchronization

/// Groups of servers that tests share when they do them no harm. Each starts with the first test that wants it, and dies
/// with the process.
enum SharedFleets {
    static let sentinels = Task {
        var options = EmbeddedSentinelsOptions()
        options.downAfter = .seconds(30)
        return try await EmbeddedSentinels.start(options)
    }
    static let cluster = Task { try await EmbeddedCluster.start(steady) }
    static let clusterInMotion = Task { ClusterInMotion(try await EmbeddedCluster.start(steady)) }
    /// Nobody fails over because the machine was busy.
    private static var steady: EmbeddedClusterOptions {
        var options = EmbeddedClusterOptions()
        options.nodeTimeout = .seconds(10)
        return options
    }

    static let clusterLosingMasters = Task { ClusterLosingMasters(try await EmbeddedCluster.start()) }
}

/// Kills a master, starts it again when its replica has taken its place, and goes on to the next, for as long as a
/// test looks.
final class ClusterLosingMasters: Sendable {
    let cluster: EmbeddedCluster
    let audience = Audience()
    private let killer: Task<Void, Never>

    init(_ cluster: EmbeddedCluster) {
        self.cluster = cluster
        killer = Task { [audience] in
            while await audience.isThere() {
                guard let master = await cluster.masters().randomElement(), (try? await master.fedReplicas) == 1 else {
                    continue
                }
                // What Redis itself loses, which acknowledges before it replicates, is not what these tests are about.
                guard (try? await master.killOnceReplicated()) != nil else { continue }
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

/// Moves the slots of whatever keys there are from master to master, for as long as a test looks.
final class ClusterInMotion: Sendable {
    let cluster: EmbeddedCluster
    let audience = Audience()
    private let mover: Task<Void, Never>
    private let count = Count()

    private final class Count: Sendable {
        let moves = Atomic(0)
    }

    /// How many slots have changed hands.
    var moves: Int { count.moves.load(ordering: .relaxed) }

    init(_ cluster: EmbeddedCluster) {
        self.cluster = cluster
        mover = Task { [audience, count] in
            while await audience.isThere() {
                for (slot, master) in await cluster.slotsInUse() {
                    let others = await cluster.masters().filter { $0 != master }
                    guard let target = others.randomElement() else { continue }
                    // One that fails leaves the slot on its way for a while: so much the better.
                    guard let migration = try? await cluster.beginMigration(of: slot, to: target) else { continue }
                    // Some of its keys here, some there.
                    _ = try? await migration.moveKeys(Int.random(in: 0...3))
                    if (try? await migration.finish()) != nil { count.moves.add(1, ordering: .relaxed) }
                }
            }
        }
    }

    deinit {
        mover.cancel()
    }
}

/// The tests for which something is disturbed. While there are none it is left alone, and costs the others nothing.
final class Audience: Sendable {
    private let size = Atomic(0)

    func watching<Value>(_ body: () async throws -> Value) async throws -> Value {
        size.add(1, ordering: .relaxed)
        defer { size.subtract(1, ordering: .relaxed) }
        return try await body()
    }

    /// Returns when there is somebody; `false` when nobody will come any more.
    func isThere() async -> Bool {
        while size.load(ordering: .relaxed) == 0 {
            if (try? await Task.sleep(for: .milliseconds(20))) == nil { return false }
        }
        return !Task.isCancelled
    }
}
