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

    /// On the connection that there is; otherwise on one that is closed afterwards, for a replica needs none.
    private func ask(_ endpoint: RedisEndpoint) async -> ClusterMap? {
        if let connection = router.existingNode(at: endpoint)?.connection { return await ask(endpoint, on: connection) }
        let made = try? RedisConnection(
            configuration: router.configuration, source: EndpointSource(endpoint: endpoint), failsFast: true,
            logger: router.logger)
        guard let made else { return nil }
        let map = await ask(endpoint, on: made)
        await made.shutdown(drain: .zero)
        return map
    }

    private func ask(_ endpoint: RedisEndpoint, on connection: RedisConnection) async -> ClusterMap? {
        let map = try? await connection.execute(
            RedisCommand("CLUSTER", "SLOTS"), timeout: router.configuration.connectTimeout
        ) { ClusterMap(slots: $0, answeredBy: endpoint) }
        return map ?? nil
    }
}
