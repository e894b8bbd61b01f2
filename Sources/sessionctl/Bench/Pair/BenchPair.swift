import ArgumentParser
import Foundation

/// One of the builds that `scripts/bench.sh pair` compares. It compiles in an older revision too, to which the files in
/// this directory are copied.
struct BenchPair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-pair",
        abstract: "Part of scripts/bench.sh pair: do the work that standard input asks for, a line at a time.",
        shouldDisplay: false)

    @Option var url: String
    @Option var prefix = "sr"

    private struct Refusal: Encodable { let error: String }

    func run() async throws {
        let worker = try PairWorker(url: url, prefix: prefix)
        while let line = readLine() {
            do {
                print(try Self.json(await answer(PairRequest(line), worker)))
            } catch {
                print(try Self.json(Refusal(error: "\(error)")))
            }
            fflush(nil)
        }
        await worker.close()
    }

    private func answer(_ request: PairRequest, _ worker: PairWorker) async throws -> PairTally {
        switch request {
        case .create(let family): try await worker.create(family)
        case .remember(let family): try await worker.remember(family)
        case .slice(let slice): try await worker.measure(slice)
        case .terminateAll(let family, let user): try await worker.terminateAll(user, of: family)
        }
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}
