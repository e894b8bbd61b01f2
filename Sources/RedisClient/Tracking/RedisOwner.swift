import Synchronization

/// The server that has a slot, as far as is known, when changes to what is read there are tracked.
package struct RedisOwner: Sendable {
    /// Who is told of them.
    package let changes: any RedisChangeListener
    private let node: RedisNode

    init?(_ node: RedisNode) {
        guard let changes = node.changes else { return nil }
        self.changes = changes
        self.node = node
    }

    /// Asks this server, and no other one even if it says that another one has the keys, two things between which
    /// nothing comes.
    package func execute<First: Sendable, Last: Sendable>(
        _ first: RedisCommand, _ last: RedisCommand,
        decodeFirst: @escaping RedisDecoder<First>,
        decodeLast: @escaping RedisDecoder<Last>
    ) async throws(RedisError) -> (First, Last) {
        try await node.connection.execute(first, last, decodeFirst: decodeFirst, decodeLast: decodeLast)
    }
}

extension RedisClient {
    /// - Parameter slot: not asked for where there is one server.
    /// - Returns: `nil` when changes are not tracked there, or when it is not known who has the slot, or when its owner has
    ///   to be told of earlier revocations there first: `execute` finds out and does so.
    package func owner(of slot: @autoclosure () -> HashSlot) -> RedisOwner? {
        switch servers {
        case .one(let node), .watched(let node, _, _): RedisOwner(node)
        case .cluster(let router): router.owner(of: slot())
        }
    }
}

extension ClusterRouter {
    fileprivate func owner(of slot: HashSlot) -> RedisOwner? {
        guard let node = existingNode(of: slot), !node.connection.heldSlots.contains(slot) else { return nil }
        return RedisOwner(node)
    }
}
