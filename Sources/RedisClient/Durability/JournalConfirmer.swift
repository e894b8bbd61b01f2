/// Notes in a journal what every replica has, as soon as that is known. Where there are no replicas, nothing is asked before
/// there is something new to confirm.
final class JournalConfirmer: Sendable {
    private let journal: WriteJournal
    private let task: Task<Void, Never>

    /// How long replicas are waited for at a time.
    private static let patience = Duration.seconds(1)
    /// After a round that confirmed everything: what comes meanwhile shares the next one.
    private static let shortPause = Duration.milliseconds(50)
    /// After one that did not.
    private static let longPause = Duration.seconds(1)
    /// While there are no replicas, pauses double up to this one.
    private static let longestPause = Duration.seconds(60)
    /// For how long a replica that was cut off is waited for; it may as well have been taken away.
    private static let memory = Duration.seconds(300)

    private struct Replicas {
        var count: Int
        var seenAt: MonotonicTime
    }

    /// What a round came to.
    private enum Outcome {
        case confirmed, incomplete, noReplicas
    }

    init(journal: WriteJournal, servers: RedisClient.Servers) {
        self.journal = journal
        task = Task {
            // The most replicas that each server has been seen with lately.
            var known: [String: Replicas] = [:]
            var (seen, pause): (UInt64, Duration) = (0, Self.longPause)
            while await journal.waitForUnconfirmed(after: seen), !Task.isCancelled {
                let last = journal.lastNumber
                switch await Self.confirm(journal, at: servers, known: &known) {
                case .confirmed: (seen, pause) = (0, Self.shortPause)
                case .incomplete: (seen, pause) = (0, Self.longPause)
                case .noReplicas:
                    pause = seen == 0 ? Self.longPause : min(pause * 2, Self.longestPause)
                    seen = last
                }
                if (try? await Task.sleep(for: pause)) == nil { return }
            }
        }
    }

    func stop() {
        task.cancel()
        journal.close()
    }

    private static func confirm(
        _ journal: WriteJournal, at servers: RedisClient.Servers, known: inout [String: Replicas]
    ) async -> Outcome {
        let entries = journal.unconfirmed
        var (isComplete, hasReplicas) = (true, false)
        for (place, entries) in Dictionary(grouping: entries, by: { servers.place(of: $0.slot) ?? "" }) {
            guard let first = entries.first, let key = first.write.keys.first,
                let node = try? servers.node(of: first.slot),
                let connected = await node.barrier.connectedReplicas()
            else {
                // It is not known whether there are any.
                (isComplete, hasReplicas) = (false, true)
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
            guard wanted > 0 else {
                isComplete = false
                await node.barrier.rest()
                continue
            }
            hasReplicas = true
            let reached = await node.barrier.replicasReached(of: wanted, within: patience, beside: key)
            if reached >= wanted {
                journal.confirm(entries.map(\.number))
            } else {
                isComplete = false
            }
        }
        return isComplete ? .confirmed : hasReplicas ? .incomplete : .noReplicas
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
