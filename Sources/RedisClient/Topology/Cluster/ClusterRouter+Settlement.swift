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
                group.addTask {
                    try? await self.hand(slot, to: owner, until: .now() + self.configuration.commandTimeout)
                }
            }
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
        let entries = journal.entries(in: slot, after: number)
        guard let last = entries.last else {
            node.connection.openSlots.remove(slot)
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
        node.connection.openSlots.remove(slot)
        return last.number
    }

    /// At once if the server takes them all, otherwise one after the other.
    private func apply(
        _ writes: [ScriptCall], at node: RedisNode, until deadline: MonotonicTime
    ) async throws(RedisError) {
        do throws(RedisError) {
            try await send(.pipeline(writes.map(\.byDigest)), to: node, until: deadline)
        } catch .server {
            for write in writes { try await apply(write, at: node, until: deadline) }
        }
    }

    private func apply(
        _ write: ScriptCall, at node: RedisNode, until deadline: MonotonicTime
    ) async throws(RedisError) {
        var command = write.byDigest
        while true {
            do throws(RedisError) {
                return try await send(command, to: node, until: deadline)
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

    private func send(
        _ command: RedisCommand, to node: RedisNode, until deadline: MonotonicTime
    ) async throws(RedisError) {
        do throws(RedisError) {
            try await node.connection.execute(command, timeout: deadline.duration(since: .now())) { _ in }
        } catch .outcomeUnknown {
            // Of this one, which may be done again: what is waiting to be sent has not been.
            throw .unavailable(reason: "the connection broke while a master was told of earlier revocations")
        }
    }
}
