import ArgumentParser
import Foundation
import Logging
import RedisClient
import SessionRepository

/// The other process of `Revocations`: has sessions in its near cache, and tells when it first refuses each: when it was
/// asked, and when it had answered, in nanoseconds of the machine's monotonic clock.
struct BenchProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-probe", abstract: "Part of bench: tell when sessions named on standard input are refused.",
        shouldDisplay: false)

    @Option var url: String
    @Option var prefix = "sr"
    @Option(help: "In milliseconds.")
    var maximumStaleness = 30_000

    func run() async throws {
        var policy = NearCachePolicy()
        policy.maximumStaleness = .milliseconds(maximumStaleness)
        var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(url: url))
        configuration.keyPrefix = prefix
        configuration.nearCache = policy
        configuration.commandTimeout = .seconds(10)
        configuration.connectTimeout = .seconds(10)
        let repository = try RedisSessionRepository(
            configuration: configuration, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        while let line = readLine() {
            let id = try SessionID(line)
            try await remember(id, in: repository)
            print("ready")
            fflush(nil)
            let asked = try await waitForRefusal(of: id, by: repository)
            print(asked.nanoseconds, MonotonicTime.now().nanoseconds)
            fflush(nil)
        }
        await repository.shutdown()
    }

    private func remember(_ id: SessionID, in repository: RedisSessionRepository) async throws {
        let hits = repository.nearCacheStatistics.hits
        while repository.nearCacheStatistics.hits == hits {
            guard case .active = try await repository.authorize(id) else { throw ExitCode.failure }
        }
    }

    /// Asks twenty thousand times a second. An error is a refusal, too: nobody gets in by it.
    /// - Returns: when the first question was asked that was refused.
    private func waitForRefusal(
        of id: SessionID, by repository: RedisSessionRepository
    ) async throws -> MonotonicTime {
        while true {
            let asked = MonotonicTime.now()
            guard case .active? = try? await repository.authorize(id) else { return asked }
            try await Task.sleep(for: .microseconds(50))
        }
    }
}
