/// Asks the nodes of a cluster which of them serves which slot.
struct ClusterQuery {
    let router: ClusterRouter

    /// How many are asked at once: one that does not answer must not hold up the rest.
    private static let width = 3

    /// The first answer that there is; `nil` when nobody has one.
    func map() async -> ClusterMap? {
        var candidates = router.candidates[...]
        return await withTaskGroup(of: ClusterMap?.self) { group in
            for endpoint in candidates.prefix(Self.width) {
                group.addTask { await ask(endpoint) }
            }
            candidates = candidates.dropFirst(Self.width)
            defer { group.cancelAll() }
            for await map in group {
                if let map { return map }
                if Task.isCancelled { return nil }
                if let next = candidates.popFirst() { group.addTask { await ask(next) } }
            }
            return nil
        }
    }

    /// On the connection that there is to a master; otherwise on one that is kept for this.
    private func ask(_ endpoint: RedisEndpoint) async -> ClusterMap? {
        let known = router.existingNode(at: endpoint)?.connection
        guard let connection = try? known ?? router.informants.connection(to: endpoint) else { return nil }
        return await ask(endpoint, on: connection)
    }

    private func ask(_ endpoint: RedisEndpoint, on connection: RedisConnection) async -> ClusterMap? {
        let map = try? await connection.execute(
            RedisCommand("CLUSTER", "SLOTS"), timeout: router.configuration.connectTimeout
        ) { ClusterMap(slots: $0, answeredBy: endpoint) }
        return map ?? nil
    }
}
