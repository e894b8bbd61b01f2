import Synchronization

/// How slots change hands: a new master is told what was revoked there before anything else is asked of it.
extension ClusterRouter {
    /// Takes a new map, and hands over the slots that the journal has entries for.
    func install(_ new: ClusterMap) async {
        let slots = journal?.slots ?? []
        let (retired, unsettled, isChanged) = table.withLock { table in
            let former = table.map
            let installation = table.install(new, journalSlots: slots)
            // Under the lock: before the new master's answers are remembered.
            for node in installation.losers { node.changes?.everythingChanged() }
            return (installation.retired, installation.unsettled, !former.hasSameOwners(as: table.map))
        }
        if isChanged { waits.openAll() }
        tidyInformants()
        for node in retired { Task { await node.shutdown() } }
        await withTaskGroup(of: Void.self) { group in
            for (slot, owner) in unsettled {
                // What fails here is repeated when the former master redirects a command, or by the next map.
                group.addTask { await self.tryToHand(slot, to: owner) }
            }
        }
    }

    /// What is not taken over now stays with the former master, and is told to the new one in the background.
    private func tryToHand(_ slot: HashSlot, to endpoint: RedisEndpoint) async {
        do throws(RedisError) {
            try await hand(slot, to: endpoint, until: .now() + configuration.commandTimeout)
        } catch {
            existingNode(at: endpoint)?.connection.heldSlots.hold(slot, because: "not told yet")
        }
    }

    func hand(
        _ slot: HashSlot, to endpoint: RedisEndpoint, until deadline: MonotonicTime
    ) async throws(RedisError) {
        while true {
            let settled = try await settle(
                slot, at: endpoint, after: table.withLock { $0.told(slot, to: endpoint) }, until: deadline)
            let isDone = table.withLock { table in
                let hasMore = !(journal?.entries(in: slot, after: settled).isEmpty ?? true)
                guard case .done(let loser) = table.finishHandOver(of: slot, to: endpoint, hasMore: hasMore) else {
                    return false
                }
                loser?.changes?.everythingChanged()
                return true
            }
            if isDone { return waits.open(slot: slot) }
        }
    }

    /// Applies again at a master what the journal has for one of its slots.
    /// - Returns: up to which number.
    @discardableResult
    func settle(
        _ slot: HashSlot, at endpoint: RedisEndpoint, after number: UInt64 = 0, until deadline: MonotonicTime
    ) async throws(RedisError) -> UInt64 {
        let node = try node(at: endpoint)
        guard let journal else { return 0 }
        let era = node.connection.heldSlots.snapshot.era
        let entries = journal.entries(in: slot, after: number)
        guard let last = entries.last else {
            node.connection.heldSlots.release(slot, since: era)
            return number
        }
        guard table.withLock({ $0.beginSettlement(of: slot) }) else {
            throw .unavailable(reason: "a new master is being told of earlier revocations")
        }
        defer { table.withLock { $0.endSettlement(of: slot) } }
        var rest = entries[...]
        while let end = rest.prefix(JournalReplay.chunk).last {
            let chunk = rest.prefix(JournalReplay.chunk)
            try await apply(chunk.map(\.write), at: node, until: deadline)
            table.withLock { $0.note(told: end.number, of: slot, to: endpoint) }
            journal.countReplayed(chunk.count)
            rest = rest.dropFirst(chunk.count)
        }
        node.connection.heldSlots.release(slot, since: era)
        return last.number
    }

    /// What the server says to a write that it does not take would be followed as if it were said to the caller's command.
    private func apply(
        _ writes: [ScriptCall], at node: RedisNode, until deadline: MonotonicTime
    ) async throws(RedisError) {
        do throws(RedisError) {
            try await node.connection.reapply(writes, until: deadline)
        } catch .server(let code, let message) {
            let word = RedisError.server(code: code, message: message).refusalWord
            throw .unavailable(reason: "a new master cannot be told of earlier revocations yet: \(word)")
        }
    }
}
