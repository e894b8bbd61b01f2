import ArgumentParser
import RedisClient
import SessionRepository

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how fast sessions are authorized, beside redis-benchmark as the limit.",
        discussion: """
            Works on a private redis-server. Build with -c release, and leave the machine alone meanwhile. Each row is \
            the median of three rounds, in which the two take turns.
            """)

    @Option(help: "How many sessions to choose from.")
    var sessions = 100_000
    @Option(help: "How many requests a round makes.")
    var requests = 200_000
    @Option(parsing: .upToNextOption, help: "How many tasks ask at the same time; several for a row each.")
    var concurrency = [1, 16, 64, 256]
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

    func run() async throws {
        let store = Store(url: StoreOptions.embedded, prefix: "sr")
        let rows = try await store.withRepository(quiet: output.json) { repository, url in
            let seeded = try await SeededSessions(count: sessions, in: repository, at: url)
            guard let endpoint = try RedisServer(url: url).endpoint else { throw ExitCode.failure }
            let limit = RedisBenchmark(sessions: seeded, endpoint: endpoint)
            var rows: [BenchRow] = []
            for concurrency in concurrency {
                var ours: [BenchRow] = []
                var theirs: [BenchRow] = []
                for _ in 0..<3 {
                    ours.append(try await authorize(seeded, concurrency, in: repository))
                    theirs.append(try await limit.measure(requests: requests, concurrency: concurrency))
                }
                rows += [BenchRow.median(ours), BenchRow.median(theirs)]
            }
            return rows
        }
        if output.json {
            Output.write(JSON.text(["rows": rows]))
        } else {
            Output.write(BenchRow.table(rows).rendered(.standardOutput))
        }
    }

    private func authorize(
        _ seeded: SeededSessions, _ concurrency: Int, in repository: RedisSessionRepository
    ) async throws -> BenchRow {
        try await Load(requests: requests, concurrency: concurrency).measure("authorize") { number in
            guard case .active = try await repository.authorize(seeded[number]) else {
                throw SessionRepositoryError.corruptRecord(key: "\(seeded[number])", problem: "it must be active")
            }
        }
    }
}
