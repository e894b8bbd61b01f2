import Foundation
import SessionRepository

extension InMemoryStore {
    mutating func shorten(
        _ id: SessionID, for duration: Duration
    ) throws(SessionRepositoryError) -> ShorteningOutcome {
        let end = now + (try InputLimits.lifetime(duration, field: "duration"))
        guard let session = record(id)?.session, session.isActive else { return .notActive }
        guard shorten(id, to: end) else { return .unchanged(expiresAt: session.expiresAt) }
        return .shortened(expiresAt: Date(unixMilliseconds: end))
    }

    /// Brings the end of an active session forward.
    /// - Returns: whether it was later.
    @discardableResult
    mutating func shorten(_ id: SessionID, to end: Int64) -> Bool {
        let date = Date(unixMilliseconds: end)
        guard var record = record(id), record.session.isActive, record.session.expiresAt > date else { return false }
        record.end = min(record.end, end)
        record.session = record.session.with {
            $0.idleExpiresAt = Date(unixMilliseconds: record.end)
            $0.expiresAt = date
        }
        userIndexes[record.session.userID]?[id] = record.end
        sessions[id] = record
        return true
    }
}
