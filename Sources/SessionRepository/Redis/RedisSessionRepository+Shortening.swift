import Foundation
import RedisClient

/// The end that a session is to have at the latest, in milliseconds.
enum LatestEnd {
    /// Unix time.
    case at(Int64)
    /// Counted from the moment at which the script runs.
    case after(Int64)
}

extension RedisSessionRepository {
    func shorten(
        _ id: SessionID, for duration: Duration
    ) async throws(SessionRepositoryError) -> ShorteningOutcome {
        let duration = try InputLimits.lifetime(duration, field: "duration")
        defer { forget(.session(id)) }
        let answer = try await run(
            shortening(of: id, to: .after(duration)), changing: .session(id),
            journaling: { [self] (answer: (word: String?, end: Int64?)) in
                // One that changed nothing may be the repetition of one that did.
                answer.end.map { shortening(of: id, to: .at($0)) }
            },
            decode: { (word: $0.string ?? $0[0].string, end: $0[1].integer) })
        switch (answer.word, answer.end.map(Date.init(unixMilliseconds:))) {
        case ("shortened", let end?): return .shortened(expiresAt: end)
        case ("unchanged", let end?): return .unchanged(expiresAt: end)
        case ("notActive", _): return .notActive
        default: throw .unexpectedAnswer(about: keys.session(id))
        }
    }

    /// - Parameter grant: the one that the session must be under; `nil` for any session.
    func shortening(
        of id: SessionID, under grant: SupportAccessGrantID? = nil, to end: LatestEnd
    ) -> ScriptCall {
        var (time, reach) = ("", Int64.min)
        var rest = ""
        switch end {
        case .at(let end): (time, reach) = (String(end), -end)
        case .after(let duration): rest = String(duration)
        }
        return ScriptCall(
            Scripts.shortenSession, keys: [keys.session(id)],
            arguments: [
                id.value.random.text, keys.userIndexStem(id.value.tag), grant?.description ?? "", time, rest,
            ],
            // The earliest end stands for all.
            reach: reach)
    }
}
