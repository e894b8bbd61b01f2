import EmbeddedRedis
import RedisClient
import SessionRepository

/// Redis' own load generator, with the command of `authorize` on the same keys: the limit of what one connection can do.
struct RedisBenchmark {
    private let connection: [String]
    private let command: [String]
    private let sessions: Int

    /// - Parameter endpoint: of a server without a password, which `redis-benchmark` would show to the whole machine.
    init(sessions seeded: SeededSessions, endpoint: RedisEndpoint) {
        connection =
            switch endpoint {
            case .unixSocket(let path): ["-s", path]
            case .tcp(let host, let port): ["-h", host, "-p", String(port)]
            }
        sessions = seeded.count
        let key = seeded.keyPattern
        command = ["HMGET", key.before + "__rand_int__" + key.after] + SessionField.lookedUp.map(\.rawValue)
    }

    func measure(requests: Int, concurrency: Int) async throws -> BenchRow {
        let arguments = [
            "-c", "1", "-P", String(concurrency), "-n", String(requests), "-r", String(sessions), "--csv",
        ]
        let processor = ProcessorTime.childrenMicroseconds()
        let result = try await runCommand("redis-benchmark", connection + arguments + command)
        // "name","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_…"
        let line = result.standardOutput.split(separator: "\n").last ?? ""
        let figures = line.split(separator: "\"").filter { $0 != "," }.suffix(7).compactMap { Double($0) }
        guard result.status == 0, figures.count == 7 else { throw NoFigures(name: "redis-benchmark") }
        return BenchRow(
            operation: "redis-benchmark HMGET", concurrency: concurrency, perSecond: figures[0],
            p50us: figures[3] * 1000, p99us: figures[5] * 1000,
            clientCPUus: (ProcessorTime.childrenMicroseconds() - processor) / Double(requests))
    }
}

/// A program that should have measured something ended without saying what.
struct NoFigures: Error, CustomStringConvertible {
    let name: String
    var description: String { "\(name) gave no figures" }
}
