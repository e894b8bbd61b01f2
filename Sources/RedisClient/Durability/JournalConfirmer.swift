/// Takes out of a journal what every replica has, as soon as that is known.
final class JournalConfirmer: Sendable {
    private let journal: WriteJournal
    private let task: Task<Void, Never>

    /// How long replicas are waited for at a time.
    private static let patience = Duration.seconds(1)
    /// Between two looks at a server of which nothing can be told, as one without replicas.
    private static let pause = Duration.seconds(1)

    init(journal: WriteJournal, servers: RedisClient.Servers) {
        self.journal = journal
        task = Task {
            // The most replicas that each server has been seen with: one that is cut off must not be forgotten.
            var known: [String: Int] = [:]
            while await journal.waitForEntries(), !Task.isCancelled {
                let isComplete = await Self.confirm(journal, at: servers, known: &known)
                if !isComplete, (try? await Task.sleep(for: Self.pause)) == nil { return }
            }
        }
    }

    func stop() {
        task.cancel()
        journal.close()
    }

    /// Whether all that was in the journal has been confirmed.
    private static func confirm(
        _ journal: WriteJournal, at servers: RedisClient.Servers, known: inout [String: Int]
    ) async -> Bool {
        let entries = journal.entries
        var isComplete = true
        let byNode = Dictionary(grouping: entries) { servers.place(of: $0.write.slot) ?? "" }
        for (place, entries) in byNode {
            guard let write = entries.first?.write, let key = write.keys.first,
                let node = try? servers.node(of: write.slot)
            else {
                isComplete = false
                continue
            }
            let connected = await node.barrier.connectedReplicas() ?? 0
            let wanted = max(connected, known[place] ?? 0)
            known[place] = wanted
            let reached = await node.barrier.replicasReached(
                of: wanted, within: patience, beside: key)
            if wanted > 0, reached >= wanted {
                journal.confirm(Set(entries.map(\.number)))
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
        try? node(of: slot).place
    }
}
