/// What servers have not taken again.
package struct HeldWrites: Hashable, Sendable {
    /// Writes in hash slots that are held back, whether refused or not.
    package var count = 0
    /// The words with which servers refuse.
    package var causes: Set<String> = []
}

extension RedisClient {
    package var heldWrites: HeldWrites {
        guard let journal, !journal.isEmpty else { return HeldWrites() }
        let nodes: [RedisNode] =
            switch servers {
            case .one(let node), .watched(let node, _, _): [node]
            case .cluster(let router): router.existingNodes
            }
        var held = HeldWrites()
        for node in nodes where !node.connection.heldSlots.isEmpty {
            for (slot, cause) in node.connection.heldSlots.snapshot.causes {
                held.count += journal.entries(in: slot).count
                held.causes.insert(cause)
            }
        }
        return held
    }
}
