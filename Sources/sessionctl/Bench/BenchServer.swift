import EmbeddedRedis
import Logging
import RedisClient
import SessionRepository

/// The server that is measured, asked about itself on a connection of its own.
struct BenchServer: Sendable {
    let client: RedisClient
    let endpoint: RedisEndpoint

    static func with<Value>(url: String, _ body: (BenchServer) async throws -> Value) async throws -> Value {
        let server = try RedisServer(url: url)
        guard let endpoint = server.endpoint else { throw NotOneServer() }
        var configuration = server.clientConfiguration
        configuration.commandTimeout = .seconds(60)
        let client = try RedisClient(configuration: configuration, logger: Logger(label: "bench"))
        do {
            let value = try await body(BenchServer(client: client, endpoint: endpoint))
            await client.shutdown()
            return value
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private struct NotOneServer: Error, CustomStringConvertible {
        let description = "one server is measured, not a group of them"
    }

    /// How long the server worked on commands of one name, in microseconds. What a script does is part of `evalsha`.
    struct Work {
        var total: Double
        /// Of one command; `nil` before Redis 7 and where latency is not tracked.
        var median: Double?
    }

    /// Runs `body`, and tells of the server's work on a command meanwhile.
    func work<Value>(on command: String, during body: () async throws -> Value) async throws -> (Value, Work) {
        try await client.execute(RedisCommand("CONFIG", "RESETSTAT")) { _ in }
        let value = try await body()
        // cmdstat_evalsha:calls=2000,usec=31415,usec_per_call=15.71,…
        let total = try await info("commandstats", "cmdstat_\(command)")?.figure("usec")
        // latency_percentiles_usec_evalsha:p50=15.039,p99=23.039,…
        let median = try await info("latencystats", "latency_percentiles_usec_\(command)")?.figure("p50")
        return (value, Work(total: total ?? 0, median: median))
    }

    func usedMemory() async throws -> Int {
        try await info("memory", "used_memory").flatMap { Int($0) } ?? 0
    }

    private func info(_ section: String, _ name: String) async throws -> String? {
        try await client.execute(RedisCommand("INFO", section)) { $0.string }?.infoField(name)
    }
}

extension String {
    /// That of `name=figure` in a list with commas.
    fileprivate func figure(_ name: String) -> Double? {
        let field = split(separator: ",").first { $0.hasPrefix("\(name)=") }
        return field.flatMap { Double($0.dropFirst(name.count + 1)) }
    }
}
