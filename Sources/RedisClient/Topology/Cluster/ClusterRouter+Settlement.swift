import Synchronization

/// How slots change hands: who gets one is told what was revoked there before anybody asks him about it.
extension ClusterRouter {
    /// Takes a new map. A slot that the journal has something for stays where it was until its new master has been told.
    func install(_ new: ClusterMap) async {
        let slots = journal?.slots ?? []
        let (retired, unsettled) = state.withLock { state in
            var map = new
            var unsettled: [HashSlot] = []
            for slot in slots {
                guard let owner = new.owner(of: slot), owner != state.map.owner(of: slot),
                    // One that we have not been connected to is told as it logs in.
                    state.nodes[owner] != nil
                else { continue }
                map.assign(slot, to: state.map.owner(of: slot))
                unsettled.append(slot)
            }
            for endpoint in state.map.losers(to: map) { state.nodes[endpoint]?.changes?.everythingChanged() }
            state.map = map
            let retired = state.nodes.filter { !map.masters.contains($0.key) }
            for endpoint in retired.keys { state.nodes[endpoint] = nil }
            return (Array(retired.values), unsettled)
        }
        for node in retired { Task { await node.shutdown() } }
        await withTaskGroup(of: Void.self) { group in
            for slot in unsettled {
                guard let owner = new.owner(of: slot) else { continue }
                // What fails here is done when somebody is sent there: by the former master, or by the next map.
                group.addTask {
                    try? await self.hand(slot, to: owner, until: .now() + self.configuration.commandTimeout)
                }
            }
        }
    }

    func hand(
        _ slot: HashSlot, to endpoint: RedisEndpoint, until deadline: MonotonicTime
    ) async throws(RedisError) {
        let node = try node(at: endpoint)
        var settled: UInt64 = 0
        while true {
            settled = try await settle(slot, at: node, after: settled, until: deadline)
            // What was acknowledged meanwhile is in the journal now, or its caller sees the new master.
            let isDone = state.withLock { state in
                guard journal?.entries(in: slot, after: settled).isEmpty ?? true else { return false }
                if let owner = state.map.owner(of: slot), owner != endpoint {
                    // Should the slot return one day, what was read there before must not count.
                    state.nodes[owner]?.changes?.everythingChanged()
                }
                state.map.assign(slot, to: endpoint)
                return true
            }
            if isDone { return }
        }
    }

    /// Applies again at a master what the journal has for a slot of his.
    /// - Returns: up to which number.
    @discardableResult
    func settle(
        _ slot: HashSlot, at node: RedisNode, after number: UInt64 = 0, until deadline: MonotonicTime
    ) async throws(RedisError) -> UInt64 {
        guard let journal else { return 0 }
        let entries = journal.entries(in: slot, after: number)
        guard let last = entries.last else {
            node.connection.openSlots.remove(slot)
            return number
        }
        // One for all who come at once.
        guard state.withLock({ $0.slotsInSettlement.insert(slot).inserted }) else {
            throw .unavailable(reason: "a new master is being told of earlier revocations")
        }
        defer { _ = state.withLock { $0.slotsInSettlement.remove(slot) } }
        for entry in entries { try await apply(entry.write, at: node, until: deadline) }
        journal.countReplayed(entries.count)
        node.connection.openSlots.remove(slot)
        return last.number
    }

    private func apply(
        _ write: ScriptCall, at node: RedisNode, until deadline: MonotonicTime
    ) async throws(RedisError) {
        var command = write.byDigest
        while true {
            do throws(RedisError) {
                return try await node.connection.execute(command, timeout: deadline.duration(since: .now())) { _ in }
            } catch .outcomeUnknown {
                // Of this one, which may be done again: what is waiting to be sent has not been.
                throw .unavailable(reason: "the connection broke while a master was told of earlier revocations")
            } catch {
                switch JournalReplay.Verdict(error) {
                case .applied, .refused: return
                case .unknownScript where command.bytes != write.bySource.bytes: command = write.bySource
                case .later(let error): throw error
                case .elsewhere, .open, .unknownScript:
                    throw .unavailable(reason: "a new master cannot be told of earlier revocations yet")
                }
            }
        }
    }
}
