/// The server, and its history of writes, that a write is about to go to.
package struct ReplicationPoint: Sendable {
    fileprivate let node: RedisNode
    fileprivate let identity: ServerIdentity
}

extension RedisClient {
    /// Where writes to a slot go now; `nil` when the server does not tell what it is.
    package func replicationPoint(of slot: HashSlot) async throws(RedisError) -> ReplicationPoint? {
        // A server is known once it has been talked to.
        try await execute(RedisCommand("PING"), slot: slot) { _ in }
        let node = try servers.node(of: slot)
        if node.connection.identity == nil { try await node.connection.execute(RedisCommand("PING")) { _ in } }
        return node.connection.identity.map { ReplicationPoint(node: node, identity: $0) }
    }

    /// How many replicas have what was written, and acknowledged, since `point` was taken; waits for `count` of them, at
    /// most `timeout`. 0 when the writes may have gone to another server, or when it cannot be told.
    /// - Parameter key: one that was written.
    package func replicasReached(
        since point: ReplicationPoint?, of count: Int, within timeout: Duration, key: String
    ) async -> Int {
        guard let point, let node = try? servers.node(of: HashSlot(key: key)), node === point.node,
            node.connection.identity == point.identity
        else { return 0 }
        return await node.barrier.replicasReached(of: count, within: timeout, beside: key)
    }
}
