import EmbeddedRedis
import Foundation
import RedisClient
import SessionRepository

/// Another client for comparison: a command that is given the same keys and fields, and prints what it measured.
struct Peer {
    private let command: [String]
    private let arguments: [String]

    /// - Returns: `nil` without a command, or when the server listens elsewhere than on a Unix socket.
    init?(command: [String], sessions seeded: SeededSessions, endpoint: RedisEndpoint) {
        guard !command.isEmpty, case .unixSocket(let path) = endpoint else { return nil }
        self.command = command
        let key = seeded.keyPattern
        arguments =
            ["--socket", path, "--before", key.before, "--after", key.after, "--sessions", String(seeded.count)]
            + ["--fields", SessionField.lookedUp.map(\.rawValue).joined(separator: ",")]
    }

    private struct Figures: Decodable {
        let name: String
        let perSecond: Double
        let p50us: Double
        let p99us: Double
        let p999us: Double
        let cpuUs: Double
    }

    func measure(requests: Int, concurrency: Int) async throws -> BenchRow {
        let load = ["--requests", String(requests), "--concurrency", String(concurrency)]
        let result = try await runCommand(command[0], Array(command.dropFirst()) + arguments + load)
        guard result.status == 0,
            let figures = try? JSONDecoder().decode(Figures.self, from: Data(result.standardOutput.utf8))
        else { throw NoFigures(name: command.joined(separator: " ")) }
        return BenchRow(
            operation: figures.name, concurrency: concurrency, perSecond: figures.perSecond, p50us: figures.p50us,
            p99us: figures.p99us, p999us: figures.p999us, clientCPUus: figures.cpuUs)
    }
}
