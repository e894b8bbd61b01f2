import Foundation

@testable import SessionRepository

/// What the numbers in a sequence's steps stand for, the same for both who play it; fresh for each run.
struct World {
    let users: [UserID]
    let sessions: [SessionID]
    let organization: OrganizationID
    let grants: [SupportAccessGrantID]
    let operations: [OperationID]

    init() throws {
        let run = OperationID().description
        let users = try (0..<Step.users).map { try UserID("\(run)-\($0)") }
        self.users = users
        sessions = (0..<Step.slots).map { SessionID(for: users[Step.user(ofSlot: $0)]) }
        let organization = try OrganizationID(run)
        self.organization = organization
        grants = (0..<Step.grants).map { _ in SupportAccessGrantID(for: organization) }
        operations = (0..<Step.operations).map { _ in OperationID() }
    }
}

/// What came of a step: words that must be the same, and times that must be the same but for how long a step took.
struct Observation: Equatable {
    var words: [String] = []
    var times: [Int64] = []

    func agrees(with other: Observation, within slack: Int64) -> Bool {
        words == other.words && times.count == other.times.count
            && zip(times, other.times).allSatisfy { abs($0 - $1) <= slack }
    }

    mutating func note(_ word: String) { words.append(word) }

    mutating func note(_ word: String, at date: Date) {
        note(word)
        note(date)
    }

    mutating func note(_ date: Date) { times.append(date.unixMilliseconds ?? -1) }

    mutating func note(_ session: Session) {
        words += [
            "\(session.id)", "\(session.userID)", session.deviceName ?? "-", session.ipAddress ?? "-",
            session.grantID.map { "\($0)" } ?? "-", session.userAgent ?? "-", session.level ?? "-",
            session.methods.joined(separator: ","),
        ]
        words += session.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        for time in [
            session.createdAt, session.authenticatedAt, session.lastActivityAt, session.idleExpiresAt,
            session.expiresAt,
        ] {
            note(time)
        }
        if let until = session.elevatedUntil { note(until) }
        if case .terminated(let termination) = session.state { note(termination) }
    }

    mutating func note(_ termination: Termination) {
        words += ["terminated", termination.by ?? "-", termination.reason ?? "-"]
        note(termination.at)
    }

    mutating func note(_ grant: SupportAccessGrant) {
        words += ["\(grant.id)", grant.grantedBy, grant.grantedTo.map { "\($0)" } ?? "-", grant.reason ?? "-"]
        note(grant.createdAt)
        note(grant.expiresAt)
    }

    mutating func note(_ error: SessionRepositoryError) {
        note("\(error)")
    }
}
