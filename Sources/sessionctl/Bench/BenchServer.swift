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

    /// Runs `body`, and tells how long the server worked on all commands of one name meanwhile, in microseconds. What a
    /// script does is part of `evalsha`.
    func time<Value>(of command: String, during body: () async throws -> Value) async throws -> (Value, Double) {
        try await client.execute(RedisCommand("CONFIG", "RESETSTAT")) { _ in }
        let value = try await body()
        let statistics = try await client.execute(RedisCommand("INFO", "commandstats")) { $0.string } ?? ""
        // cmdstat_evalsha:calls=2000,usec=31415,usec_per_call=15.71,…
        let line = statistics.split(separator: "\r\n").first { $0.hasPrefix("cmdstat_\(command):") }
        let usec = line?.split(separator: ",").first { $0.hasPrefix("usec=") }
        return (value, usec.flatMap { Double($0.dropFirst("usec=".count)) } ?? 0)
    }

    func usedMemory() async throws -> Int {
        let memory = try await client.execute(RedisCommand("INFO", "memory")) { $0.string } ?? ""
        let line = memory.split(separator: "\r\n").first { $0.hasPrefix("used_memory:") }
        return line.flatMap { Int($0.dropFirst("used_memory:".count)) } ?? 0
    }
}
