/// One of the masters that the keys are divided among; all of them where there is one server.
package struct RedisPartition: Sendable {
    package let place: String
    /// The slots that it says it serves, and those that are on their way to or from it.
    package let slots: String
    package let slotsOnTheWay: String
    private let node: RedisNode

    init(_ node: RedisNode, clusterNodes text: String = "") {
        self.node = node
        place = node.place
        // <id> <address> myself,… <master> <ping> <pong> <epoch> <link> <slot> <slot> … [<slot>->-<id>] …
        let line = text.split(separator: "\n").first { $0.contains("myself") }
        let fields = line.map { $0.split(separator: " ").dropFirst(8) } ?? []
        slots = fields.filter { !$0.hasPrefix("[") }.joined(separator: " ")
        slotsOnTheWay = fields.filter { $0.hasPrefix("[") }.joined(separator: " ")
    }

    /// Asks this one, whatever it serves.
    package func execute<Value: Sendable>(
        _ command: RedisCommand, decode: @escaping @Sendable (borrowing RedisReply) -> Value
    ) async throws(RedisError) -> Value {
        try await node.connection.execute(command, decode: decode)
    }
}

extension RedisClient {
    /// All masters that serve slots, as they are now.
    package func partitions() async throws(RedisError) -> [RedisPartition] {
        switch servers {
        case .one(let node), .watched(let node, _, _):
            return [RedisPartition(node)]
        case .cluster(let router):
            // Waits for the map where there is none yet.
            _ = try await execute(RedisCommand("CLUSTER", "MYID")) { _ in }
            var partitions: [RedisPartition] = []
            for endpoint in router.masters {
                let node = try router.node(at: endpoint)
                let text = try await node.connection.execute(RedisCommand("CLUSTER", "NODES")) { $0.string }
                partitions.append(RedisPartition(node, clusterNodes: text ?? ""))
            }
            return partitions.filter { !$0.slots.isEmpty || !$0.slotsOnTheWay.isEmpty }
        }
    }

    package var isCluster: Bool {
        if case .cluster = servers { true } else { false }
    }
}
