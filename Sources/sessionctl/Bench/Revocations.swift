import EmbeddedRedis
import Foundation
import RedisClient
import SessionRepository

/// How soon a session that this process has terminated is refused by another one, which has it in its near cache.
struct Revocations {
    let repository: RedisSessionRepository
    let url: String

    func measure(_ count: Int) async throws -> BenchRow {
        let probe = try LineProcess(
            Bundle.main.executableURL, ["bench-probe", "--url", url, "--prefix", repository.keys.prefix])
        var latencies = Histogram()
        let start = ContinuousClock.now
        for number in 0..<count {
            let session = try await repository.createSession(.typical(of: UserID("revoked-\(number)"))).session
            guard try await probe.ask(session.id.description) == "ready" else {
                throw NoFigures(name: "the other process")
            }
            _ = try await repository.terminateSession(session.id)
            let terminated = MonotonicTime.now()
            guard let refused = await probe.answer()?.split(separator: " ").last.flatMap({ Int64($0) }) else {
                throw NoFigures(name: "the other process")
            }
            // Often it hears of it before this process has its own answer.
            latencies.record(MonotonicTime(nanoseconds: refused).duration(since: terminated))
        }
        await probe.end()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return BenchRow(
            operation: "refused by another process", concurrency: 1, perSecond: Double(count) / seconds,
            p50us: latencies.microseconds(atPart: 0.5), p99us: latencies.microseconds(atPart: 0.99),
            p999us: latencies.microseconds(atPart: 0.999), clientCPUus: 0)
    }
}
