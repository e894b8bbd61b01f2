/// Does the same for all at once, and returns what came of each, in their order.
func concurrently<Input: Sendable, Output: Sendable>(
    _ inputs: [Input], _ body: @escaping @Sendable (Input) async throws(EmbeddedRedisError) -> Output
) async -> [Result<Output, EmbeddedRedisError>] {
    await withTaskGroup(of: (Int, Result<Output, EmbeddedRedisError>).self) { group in
        for (position, input) in inputs.enumerated() {
            group.addTask {
                do throws(EmbeddedRedisError) {
                    return (position, .success(try await body(input)))
                } catch {
                    return (position, .failure(error))
                }
            }
        }
        var results: [(Int, Result<Output, EmbeddedRedisError>)] = []
        for await result in group { results.append(result) }
        return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
}

extension Collection {
    /// The values, or the first error.
    func values<Value>() throws(EmbeddedRedisError) -> [Value] where Element == Result<Value, EmbeddedRedisError> {
        var values: [Value] = []
        for result in self { values.append(try result.get()) }
        return values
    }
}

/// Starts a server for each of the options, all or none.
func startServers(_ options: [EmbeddedRedisOptions]) async throws(EmbeddedRedisError) -> [FleetServer] {
    let results = await concurrently(options) { options throws(EmbeddedRedisError) in
        try FleetServer(try await EmbeddedRedis.start(options))
    }
    do throws(EmbeddedRedisError) {
        return try results.values()
    } catch {
        await stopServers(results.compactMap { try? $0.get() })
        throw error
    }
}

func stopServers(_ servers: [FleetServer]) async {
    _ = await concurrently(servers) { server throws(EmbeddedRedisError) in await server.redis.stop() }
}
