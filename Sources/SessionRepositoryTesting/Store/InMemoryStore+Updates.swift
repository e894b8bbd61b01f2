import Foundation
import SessionRepository

extension InMemoryStore {
    mutating func update(
        _ id: SessionID, _ changes: SessionChanges
    ) throws(SessionRepositoryError) -> UpdateOutcome {
        let input = try SessionChangesInput(changes)
        guard var record = record(id), record.session.isActive else { return .notActive }
        let attributes = try input.attributes(after: record.session.attributes)
        record.session = record.session.with {
            $0.deviceName = input.deviceName.applied(to: $0.deviceName)
            $0.userAgent = input.userAgent.applied(to: $0.userAgent)
            $0.attributes = attributes
        }
        sessions[id] = record
        return .updated(record.session)
    }

    mutating func elevate(
        _ id: SessionID, to level: String, methods: [String], for duration: Duration
    ) throws(SessionRepositoryError) -> UpdateOutcome {
        let input = try ElevationInput(level: level, methods: methods, duration: duration)
        guard var record = record(id), record.session.isActive else { return .notActive }
        let until = min(now + input.duration, record.session.expiresAt.unixMilliseconds ?? 0)
        var assurance = record.session.assurance ?? Assurance(level: nil, methods: [])
        assurance.elevation = input.elevation(until: until)
        record.session = record.session.with { $0.assurance = assurance }
        sessions[id] = record
        return .updated(record.session)
    }
}

extension SessionChangesInput.Change {
    fileprivate func applied(to text: String?) -> String? {
        switch self {
        case .none: text
        case .remove: nil
        case .set(let text): text
        }
    }
}
