/// Asks the nodes of a cluster which of them serves which slot.
struct ClusterQuery {
    let router: ClusterRouter

    /// How many are asked at once: one that does not answer must not hold up the rest.
    private static let width = 3

    /// The first answer that there is, or why nobody has one.
    func map() async -> Result<ClusterMap, RedisError> {
        var candidates = router.candidates[...]
        return await withTaskGroup(of: Result<ClusterMap, RedisError>.self) { group in
            for endpoint in candidates.prefix(Self.width) {
                group.addTask { await ask(endpoint) }
            }
            candidates = candidates.dropFirst(Self.width)
            defer { group.cancelAll() }
            var failures: [RedisError] = []
            for await answer in group {
                switch answer {
                case .success: return answer
                case .failure(let failure): failures.append(failure)
                }
                if Task.isCancelled { return .failure(.cancelled) }
                if let next = candidates.popFirst() { group.addTask { await ask(next) } }
            }
            return .failure(.explanation(of: failures) ?? .unavailable(reason: "no node of the cluster is known"))
        }
    }

    /// On the connection that there is; otherwise on one that is closed afterwards, for a replica needs none.
    private func ask(_ endpoint: RedisEndpoint) async -> Result<ClusterMap, RedisError> {
        if let connection = router.existingNode(at: endpoint)?.connection { return await ask(endpoint, on: connection) }
        let made: RedisConnection
        do {
            made = try RedisConnection(
                configuration: router.configuration, source: EndpointSource(endpoint: endpoint), failsFast: true,
                logger: router.logger)
        } catch {
            return .failure(error)
        }
        let answer = await ask(endpoint, on: made)
        await made.shutdown(drain: .zero)
        return answer
    }

    private func ask(_ endpoint: RedisEndpoint, on connection: RedisConnection) async -> Result<ClusterMap, RedisError>
    {
        do throws(RedisError) {
            let map = try await connection.execute(
                RedisCommand("CLUSTER", "SLOTS"), timeout: router.configuration.connectTimeout
            ) { ClusterMap(slots: $0, answeredBy: endpoint) }
            return map.map(Result.success) ?? .failure(.unavailable(reason: "\(endpoint) knows no slot of the cluster"))
        } catch {
            return .failure(error.asAnswer(of: "\(endpoint)"))
        }
    }
}
