import Foundation
import SessionRepository

extension InMemoryStore {
    /// How often another address is recorded between two records of activity. The scripts have it too.
    private static let mostMoves = 4

    mutating func touch(_ id: SessionID, ipAddress: String?) -> TouchOutcome {
        let address = ipAddress.flatMap(ClientAddress.canonical)
        guard var record = record(id), record.session.isActive else { return .notActive }
        let seen = record.session.lastActivityAt.unixMilliseconds ?? 0
        let resolution = min(policy.activityResolution.wholeMilliseconds * 10, record.idleTimeout)
        if abs(now - seen) * 10 < resolution {
            guard noteAddress(address, in: &record) else { return .recent }
        } else {
            recordActivity(from: address, in: &record)
        }
        sessions[id] = record
        return .recorded
    }

    /// Records activity and moves the idle expiry.
    mutating func recordActivity(from address: String?, in record: inout SessionRecord) {
        record.moves = 0
        record.end = min(record.session.expiresAt.unixMilliseconds ?? 0, now + record.idleTimeout)
        record.session = record.session.with {
            $0.lastActivityAt = date
            $0.idleExpiresAt = Date(unixMilliseconds: record.end)
            $0.ipAddress = address ?? $0.ipAddress
        }
        userIndexes[record.session.userID, default: [:]][record.session.id] = record.end
    }

    /// Records another address while it is too early to record the activity itself.
    /// - Returns: whether it did.
    @discardableResult
    func noteAddress(_ address: String?, in record: inout SessionRecord) -> Bool {
        guard let address, address != record.session.ipAddress, record.moves < Self.mostMoves else { return false }
        record.moves += 1
        record.session = record.session.with { $0.ipAddress = address }
        return true
    }
}
