import Synchronization

/// One of the masters that the keys are divided among; all of them where there is one server.
package struct RedisPartition: Sendable {
    package let place: String
    /// The slots that it says it serves, and those that are on their way to or from it.
    package let slots: String
    package let slotsOnTheWay: String
    private let node: RedisNode
    private let router: ClusterRouter?

    init(_ node: RedisNode, of router: ClusterRouter? = nil, clusterNodes text: String = "") {
        self.node = node
        self.router = router
        place = node.place
        // <id> <address> myself,… <master> <ping> <pong> <epoch> <link> <slot> <slot> … [<slot>->-<id>] …
        let line = text.split(separator: "\n").first { $0.contains("myself") }
        let fields = line.map { $0.split(separator: " ").dropFirst(8) } ?? []
        slots = fields.filter { !$0.hasPrefix("[") }.joined(separator: " ")
        slotsOnTheWay = fields.filter { $0.hasPrefix("[") }.joined(separator: " ")
    }

    /// Each slot that it says it serves; empty where there is one server.
    package var everySlot: [HashSlot] { slotRanges.joined().compactMap { HashSlot($0) } }

    fileprivate var slotRanges: [ClosedRange<Int>] {
        slots.split(separator: " ").compactMap { range in
            let ends = range.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return nil }
            return first...last
        }
    }

    /// Asks this one, whatever it serves.
    package func execute<Value: Sendable>(
        _ command: RedisCommand, decode: @escaping RedisDecoder<Value>
    ) async throws(RedisError) -> Value {
        do throws(RedisError) {
            return try await node.connection.execute(command, decode: decode)
        } catch .shutDown where router?.isClosed == false {
            // Of the node's connection, not of the client.
            throw .unavailable(reason: "the node has left the cluster")
        }
    }
}

extension RedisClient {
    /// All masters that serve slots, as they are now.
    package func partitions() async throws(RedisError) -> [RedisPartition] {
        switch servers {
        case .one(let node), .watched(let node, _, _):
            return [RedisPartition(node)]
        case .cluster(let router):
            return try await router.retrying(within: configuration.commandTimeout) { () throws(RedisError) in
                try await router.partitions()
            }
        }
    }

    /// Asks each master the same. Where one fails, all are asked again once its successor is known.
    package func askAllMasters<Value: Sendable>(
        _ command: RedisCommand, decode: @escaping RedisDecoder<Value>
    ) async throws(RedisError) -> [Value] {
        guard case .cluster(let router) = servers else { return [try await execute(command, decode: decode)] }
        return try await router.retrying(within: configuration.commandTimeout) { () throws(RedisError) in
            var answers: [Value] = []
            for partition in try await router.partitions() {
                answers.append(try await partition.execute(command, decode: decode))
            }
            return answers
        }
    }

    package var isCluster: Bool { configuration.topology.isCluster }

    /// Whether one server has both slots, as far as is known.
    package func haveOneMaster(_ slot: HashSlot, _ other: HashSlot) -> Bool {
        guard case .cluster(let router) = servers else { return true }
        return router.table.withLock { $0.map.owner(of: slot) == $0.map.owner(of: other) }
    }
}

extension ClusterRouter {
    fileprivate func partitions() async throws(RedisError) -> [RedisPartition] {
        let masters = masters
        guard !masters.isEmpty else { throw .unavailable(reason: "no node of the cluster is known") }
        var partitions: [RedisPartition] = []
        var failure: RedisError?
        for endpoint in masters {
            do throws(RedisError) {
                let node = try node(at: endpoint)
                let text = try await node.connection.execute(RedisCommand("CLUSTER", "NODES")) { $0.string }
                partitions.append(RedisPartition(node, of: self, clusterNodes: text ?? ""))
            } catch .unavailable(let reason) {
                // Perhaps a former master, which the map still names. It cannot show what it is, but others have its slots.
                failure = .unavailable(reason: reason)
            }
        }
        // Otherwise slots that nobody has, or two nodes claim, would be skipped silently.
        guard partitions.reduce(0, { $0 + $1.slotRanges.reduce(0) { $0 + $1.count } }) == HashSlot.count else {
            throw failure
                ?? .unavailable(reason: "the cluster's nodes do not serve all slots, or do not agree who does")
        }
        return partitions.filter { !$0.slots.isEmpty || !$0.slotsOnTheWay.isEmpty }
    }
}
