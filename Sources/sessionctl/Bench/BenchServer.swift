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
        let total = try await statistic("usec=", in: "commandstats", of: "cmdstat_\(command):")
        // latency_percentiles_usec_evalsha:p50=15.039,p99=23.039,…
        let median = try await statistic("p50=", in: "latencystats", of: "latency_percentiles_usec_\(command):")
        return (value, Work(total: total ?? 0, median: median))
    }

    private func statistic(_ name: String, in section: String, of prefix: String) async throws -> Double? {
        let text = try await client.execute(RedisCommand("INFO", section)) { $0.string } ?? ""
        let line = text.split(separator: "\r\n").first { $0.hasPrefix(prefix) }
        let field = line?.dropFirst(prefix.count).split(separator: ",").first { $0.hasPrefix(name) }
        return field.flatMap { Double($0.dropFirst(name.count)) }
    }

    func usedMemory() async throws -> Int {
        let memory = try await client.execute(RedisCommand("INFO", "memory")) { $0.string } ?? ""
        let line = memory.split(separator: "\r\n").first { $0.hasPrefix("used_memory:") }
        return line.flatMap { Int($0.dropFirst("used_memory:".count)) } ?? 0
    }
}
