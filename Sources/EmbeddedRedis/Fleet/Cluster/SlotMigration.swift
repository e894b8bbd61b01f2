/// A slot on its way from one master to another, as resharding moves it.
///
/// Until `finish`, the source still owns the slot: it serves the keys it has, and sends a client that asks for another
/// one to the target with `-ASK`.
package struct SlotMigration: Sendable {
    package let slot: Int
    package let source: FleetServer
    package let target: FleetServer
    let cluster: EmbeddedCluster

    /// Moves up to `limit` keys, or all; returns how many it has moved.
    @discardableResult
    package func moveKeys(_ limit: Int = .max) async throws(EmbeddedRedisError) -> Int {
        var moved = 0
        while moved < limit {
            let count = min(limit - moved, 100)
            let keys = try await source.order("CLUSTER", "GETKEYSINSLOT", "\(slot)", "\(count)").strings
            guard !keys.isEmpty else { break }
            try await move(keys)
            moved += keys.count
        }
        return moved
    }

    /// Moves just these keys of the slot.
    package func move(_ keys: [String]) async throws(EmbeddedRedisError) {
        var command = ["MIGRATE", "127.0.0.1", "\(target.port)", "", "0", "60000"]
        if let password = cluster.options.password { command += ["AUTH", password] }
        try await source.order(command + ["KEYS"] + keys)
    }

    /// Moves the remaining keys and gives the slot to the target. The masters know it at once, replicas soon after.
    package func finish() async throws(EmbeddedRedisError) {
        try await moveKeys()
        let id = try cluster.id(of: target)
        // The target first: in the other order, a moment would come in which nobody owns the slot.
        let others = await cluster.masters().filter { $0 != target && $0 != source }
        for node in [target, source] + others {
            try await node.order("CLUSTER", "SETSLOT", "\(slot)", "NODE", id)
        }
    }
}

extension EmbeddedCluster {
    /// Moves a slot with all its keys to another master, and returns once the cluster is stable.
    package func moveSlot(_ slot: Int, to target: FleetServer) async throws(EmbeddedRedisError) {
        guard try await masterOf(slot: slot) != target else { return }
        try await beginMigration(of: slot, to: target).finish()
        try await waitUntilStable()
    }

    /// Opens a slot to be moved to another master.
    package func beginMigration(
        of slot: Int, to target: FleetServer
    ) async throws(EmbeddedRedisError) -> SlotMigration {
        let source = try await masterOf(slot: slot)
        try await target.order("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", id(of: source))
        try await source.order("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", id(of: target))
        return SlotMigration(slot: slot, source: source, target: target, cluster: self)
    }
}
