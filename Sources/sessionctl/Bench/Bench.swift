import ArgumentParser
import Foundation
import RedisClient
import SessionRepository

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure every operation, lookups beside redis-benchmark as the limit.",
        discussion: """
            Works on a private redis-server. Build with -c release, and leave the machine alone meanwhile. A row about \
            lookups is the median of five rounds, in which those that are compared take turns.
            """)

    @Option(help: "How many sessions to choose from.")
    var sessions = 100_000
    @Option(help: "How many lookups a round makes; a tenth as many of each write.")
    var requests = 200_000
    @Option(parsing: .upToNextOption, help: "How many tasks ask at the same time; several for a row each.")
    var concurrency = [1, 16, 64, 256]
    @Option(parsing: .upToNextOption, help: "What to measure; everything, unless some parts are named.")
    var only = Part.allCases
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "A command that measures another client, as scripts/bench/redis_py.py does.", valueName: "command"))
    var peer: [String] = []
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...10_000_000).contains(sessions) else { throw ValidationError("--sessions must be 1 to 10,000,000") }
        guard (1000...100_000_000).contains(requests) else {
            throw ValidationError("--requests must be 1,000 to 100,000,000")
        }
        guard !concurrency.isEmpty, concurrency.allSatisfy((1...4096).contains) else {
            throw ValidationError("--concurrency must be 1 to 4,096")
        }
    }

    enum Part: String, CaseIterable, ExpressibleByArgument {
        case memory, lookups, nearCache, revocations, writes
    }

    private struct Report: Encodable {
        var rows: [BenchRow] = []
        var bytesPerSession: Double?
    }

    func run() async throws {
        let tokenKeys = try RefreshTokenKeys(signing: .generate(id: "bench"))
        let store = Store(url: StoreOptions.embedded, prefix: "sr", tokenKeys: tokenKeys) { configuration in
            // One user's sessions end together a thousand at a time, every touch is to be a write, and no operation is
            // to fail because the machine is slow.
            configuration.policy.maximumSessionsPerUser = 10_000
            configuration.policy.activityResolution = .zero
            configuration.policy.terminatedRetention = .seconds(60)
            configuration.commandTimeout = .seconds(60)
        }
        let report = try await store.withRepository(quiet: output.json) { repository, url in
            try await BenchServer.with(url: url) { server in
                try await measure(
                    BenchRun(
                        repository: repository, server: server,
                        tokenKeys: BoundRefreshTokenKeys(tokenKeys, keyPrefix: "sr", deployment: nil),
                        sessions: sessions,
                        requests: requests, peer: peer, progress: Self.progress), at: url)
            }
        }
        if output.json {
            Output.write(JSON.text(report))
        } else {
            Output.write(BenchRow.table(report.rows).rendered(.standardOutput))
            if let bytes = report.bytesPerSession {
                Output.write("\nbytes of Redis memory per session, indexes included: \(Int(bytes))")
            }
        }
    }

    private func measure(_ run: BenchRun, at url: String) async throws -> Report {
        var report = Report()
        if only.contains(.memory) { report.bytesPerSession = try await run.bytesPerSession() }
        if only.contains(.lookups) {
            let seeded = try await SeededSessions(count: sessions, in: run.repository, at: run.server)
            for concurrency in concurrency { report.rows += try await run.lookups(seeded, at: concurrency) }
        }
        if only.contains(.nearCache) {
            let cached = try await CachedSessions(count: sessions, beside: run.repository, at: url)
            for concurrency in concurrency {
                report.rows += try await run.nearCacheLookups(cached, at: concurrency)
            }
            await cached.close()
        }
        if only.contains(.revocations) {
            report.rows.append(try await Revocations(repository: run.repository, url: url).measure(requests / 200))
        }
        if only.contains(.writes) {
            for concurrency in concurrency { report.rows += try await run.writes(at: concurrency) }
        }
        return report
    }

    private static func progress(_ text: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        Output.overwriteDiagnostic(text)
    }
}
