// What `redis-cli --cluster create` does, without its pauses. Every command here works from Redis 4 on.

extension EmbeddedCluster {
    static let slotCount = 16_384

    static func form(
        _ nodes: [FleetServer], _ options: EmbeddedClusterOptions
    ) async throws(EmbeddedRedisError) -> EmbeddedCluster {
        let ids = try await concurrently(nodes) { node throws(EmbeddedRedisError) in
            try await node.order("CLUSTER", "MYID").string ?? ""
        }.values()
        let cluster = EmbeddedCluster(nodes: nodes, ids: ids, options: options)
        try await cluster.assignSlots()
        try await cluster.introduceAll()
        try await cluster.attachReplicas()
        try await cluster.waitUntilStable()
        return cluster
    }

    private func assignSlots() async throws(EmbeddedRedisError) {
        let count = options.masters
        let masters = Array(nodes.prefix(count).enumerated())
        _ = try await concurrently(masters) { position, node throws(EmbeddedRedisError) in
            // Different epochs from the beginning save the nodes an election about them.
            try await node.order("CLUSTER", "SET-CONFIG-EPOCH", "\(position + 1)")
            let slots = Self.slotCount * position / count..<Self.slotCount * (position + 1) / count
            try await node.order(["CLUSTER", "ADDSLOTS"] + slots.map { "\($0)" })
        }.values()
    }

    /// Everybody meets everybody: gossip would bring them together too, but takes its time.
    private func introduceAll() async throws(EmbeddedRedisError) {
        var lastMeeting: ContinuousClock.Instant?
        try await waiting(within: .seconds(120), orElse: "the nodes did not meet") { () throws(EmbeddedRedisError) in
            let strangers = try await strangers()
            guard !strangers.isEmpty else { return .done(()) }
            // A handshake that is not over within a node timeout is given up.
            if lastMeeting.map({ .now - $0 > options.nodeTimeout }) ?? true {
                lastMeeting = .now
                for (node, other) in strangers {
                    try await node.order("CLUSTER", "MEET", "127.0.0.1", "\(other.port)")
                }
            }
            return .waiting(for: "\(strangers.count) pairs are missing")
        }
    }

    /// The pairs of which the first does not know the second.
    private func strangers() async throws(EmbeddedRedisError) -> [(FleetServer, FleetServer)] {
        let views = try await concurrently(nodes) { node throws(EmbeddedRedisError) in
            ClusterView(parsing: try await node.order("CLUSTER", "NODES").string ?? "")
        }.values()
        var pairs: [(FleetServer, FleetServer)] = []
        for (position, view) in views.enumerated() {
            let known = Set(view.entries.filter { !$0.flags.contains("handshake") }.map(\.id))
            for (other, id) in ids.enumerated() where !known.contains(id) {
                pairs.append((nodes[position], nodes[other]))
            }
        }
        return pairs
    }

    private func attachReplicas() async throws(EmbeddedRedisError) {
        let replicas = Array(nodes.enumerated().dropFirst(options.masters))
        _ = try await concurrently(replicas) { [ids, options] position, node throws(EmbeddedRedisError) in
            try await node.order("CLUSTER", "REPLICATE", ids[position % options.masters])
        }.values()
    }
}
