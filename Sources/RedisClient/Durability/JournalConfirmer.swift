/// Notes in a journal what every replica has, as soon as that is known.
final class JournalConfirmer: Sendable {
    private let journal: WriteJournal
    private let task: Task<Void, Never>

    /// How long replicas are waited for at a time.
    private static let patience = Duration.seconds(1)
    /// After a round that confirmed everything: what comes meanwhile shares the next one.
    private static let shortPause = Duration.milliseconds(50)
    /// After one that did not, as where there are no replicas.
    private static let longPause = Duration.seconds(1)
    /// For how long a replica that was cut off is waited for; it may as well have been taken away.
    private static let memory = Duration.seconds(300)

    private struct Replicas {
        var count: Int
        var seenAt: MonotonicTime
    }

    init(journal: WriteJournal, servers: RedisClient.Servers) {
        self.journal = journal
        task = Task {
            // The most replicas that each server has been seen with lately.
            var known: [String: Replicas] = [:]
            while await journal.waitForUnconfirmed(), !Task.isCancelled {
                let isComplete = await Self.confirm(journal, at: servers, known: &known)
                let pause = isComplete ? Self.shortPause : Self.longPause
                if (try? await Task.sleep(for: pause)) == nil { return }
            }
        }
    }

    func stop() {
        task.cancel()
        journal.close()
    }

    /// Whether all that was in the journal has been confirmed.
    private static func confirm(
        _ journal: WriteJournal, at servers: RedisClient.Servers, known: inout [String: Replicas]
    ) async -> Bool {
        let entries = journal.unconfirmed
        var isComplete = true
        for (place, entries) in Dictionary(grouping: entries, by: { servers.place(of: $0.slot) ?? "" }) {
            guard let first = entries.first, let key = first.write.keys.first,
                let node = try? servers.node(of: first.slot),
                let connected = await node.barrier.connectedReplicas()
            else {
                isComplete = false
                continue
            }
            let now = MonotonicTime.now()
            let before = known[place]
            if let before, before.count > connected, before.seenAt + memory > now {
                // Still waited for.
            } else {
                known[place] = Replicas(count: connected, seenAt: now)
            }
            let wanted = known[place]?.count ?? connected
            let reached = await node.barrier.replicasReached(of: wanted, within: patience, beside: key)
            if wanted > 0, reached >= wanted {
                journal.confirm(entries.map(\.number))
            } else {
                isComplete = false
            }
        }
        return isComplete
    }
}

extension RedisClient.Servers {
    /// The server that has a slot, as far as is known without asking.
    func node(of slot: HashSlot) throws(RedisError) -> RedisNode {
        switch self {
        case .one(let node), .watched(let node, _, _): node
        case .cluster(let router): try router.node(at: router.endpoint(of: slot))
        }
    }

    func place(of slot: HashSlot) -> String? {
        switch self {
        case .one(let node), .watched(let node, _, _): node.place
        case .cluster(let router): (try? router.endpoint(of: slot)).map { "\($0)" }
        }
    }
}
