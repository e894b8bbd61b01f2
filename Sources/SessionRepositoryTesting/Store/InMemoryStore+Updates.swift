import Foundation
import SessionRepository

extension InMemoryStore {
    mutating func update(
        _ id: SessionID, _ changes: SessionChanges
    ) throws(SessionRepositoryError) -> UpdateOutcome {
        let input = try SessionChangesInput(changes)
        guard var record = record(id), record.session.isActive else { return .notActive }
        record.session = record.session.with(
            deviceName: input.deviceName.applied(to: record.session.deviceName),
            userAgent: input.userAgent.applied(to: record.session.userAgent),
            attributes: try input.attributes(after: record.session.attributes))
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
        record.session = record.session.with(assurance: assurance)
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

extension Session {
    fileprivate func with(deviceName: String?, userAgent: String?, attributes: [String: String]) -> Session {
        Session(
            id: id, userID: userID, state: state, deviceName: deviceName, ipAddress: ipAddress, userAgent: userAgent,
            createdAt: createdAt, authenticatedAt: authenticatedAt, lastActivityAt: lastActivityAt,
            idleExpiresAt: idleExpiresAt, expiresAt: expiresAt, grantID: grantID, attributes: attributes,
            assurance: assurance)
    }
}
