extension EmbeddedCluster {
    /// Returns once all running nodes answer and agree: every slot is served by one of them, everybody is well, and
    /// every replica is in step with its master. A slot being moved is no obstacle.
    ///
    /// - Parameter absent: nodes whose process exists but that are not expected to take part, because a signal has
    ///   stopped them.
    package func waitUntilStable(
        without absent: [FleetServer] = [], within limit: Duration = .seconds(60)
    ) async throws(EmbeddedRedisError) {
        try await waiting(within: limit, orElse: "the cluster did not become stable") { () throws(EmbeddedRedisError) in
            var expected: Set<String> = []
            for (node, id) in zip(nodes, ids) where node.isRunning && !absent.contains(node) { expected.insert(id) }
            guard let obstacle = await snapshot(without: absent, limit: .seconds(1)).obstacle(among: expected) else {
                return .done(())
            }
            return .waiting(for: obstacle)
        }
    }

    /// The node that serves a slot now.
    package func masterOf(slot: Int) async throws(EmbeddedRedisError) -> FleetServer {
        guard let id = await snapshot().owner(of: slot) else {
            throw .systemError("no running node serves the slot \(slot)")
        }
        return try node(id: id)
    }

    /// The nodes that say that they are masters.
    package func masters() async -> [FleetServer] {
        let snapshot = await snapshot()
        return zip(nodes, ids).filter { snapshot.isMaster($1) }.map(\.0)
    }

    /// The nodes that say that they replicate from `master`.
    package func replicas(of master: FleetServer) async throws(EmbeddedRedisError) -> [FleetServer] {
        let replicas = await snapshot().replicas(of: try id(of: master))
        return zip(nodes, ids).filter { replicas.contains($1) }.map(\.0)
    }

    /// The slot of a key.
    package func slot(of key: String) async throws(EmbeddedRedisError) -> Int {
        guard let node = nodes.first(where: \.isRunning) else { throw .stopped }
        return try await node.order("CLUSTER", "KEYSLOT", key).integer ?? 0
    }

    /// - Parameter limit: how long to wait for a node. One that is hung must not hold up those who look for its
    ///   successor again and again; who looks once must not miss one that is slow.
    func snapshot(
        without absent: [FleetServer] = [], limit: Duration = .seconds(10)
    ) async -> ClusterSnapshot {
        let asked = zip(nodes, ids).filter { node, _ in node.isRunning && !absent.contains(node) }
        let reports = await concurrently(asked) { node, id throws(EmbeddedRedisError) in
            (id, try await ClusterSnapshot.Report(asking: node, limit: limit))
        }
        let answers = reports.compactMap { try? $0.get() }
        return ClusterSnapshot(reports: Dictionary(answers) { first, _ in first })
    }
}

extension ClusterSnapshot.Report {
    init(asking node: FleetServer, limit: Duration) async throws(EmbeddedRedisError) {
        view = ClusterView(parsing: try await node.redis.send(["CLUSTER", "NODES"], limit: limit).string ?? "")
        let information = try await node.redis.send(["CLUSTER", "INFO"], limit: limit).string
        isOK = information?.infoField("cluster_state") == "ok"
        followsMaster = try await node.info("replication", "master_link_status", limit: limit) == "up"
    }
}
