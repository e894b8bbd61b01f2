import Foundation
import SessionRepository

extension InMemoryStore {
    mutating func save(_ new: NewSupportAccessGrant) throws(SessionRepositoryError) -> SupportAccessGrant {
        let input = try SupportAccessGrantInput(new)
        guard revokedGrant(input.id) == nil else { throw .supportAccessEnded(input.id) }
        let known = grant(input.id)
        var index = organizationIndex(input.organizationID)
        if let known {
            guard known.grant.organizationID == input.organizationID else { throw .identifierTaken("\(input.id)") }
        } else if index.values.count(where: { $0 >= now }) >= InputLimits.grantsPerOrganization {
            throw .supportAccessLimitReached(limit: InputLimits.grantsPerOrganization)
        }
        let wanted =
            switch input.expiry {
            case .at(let time): time
            case .after(let duration): now + duration
            }
        guard wanted > now else { throw .invalidInput(field: "expiry", problem: "it is in the past") }
        let expires = min(wanted, now + policy.maximumGrantDuration.wholeMilliseconds)
        let created = known?.grant.createdAt.unixMilliseconds ?? now
        let grant = input.grant(createdAt: created, expiresAt: expires)
        grants[input.id] = GrantRecord(grant: grant, sessions: known?.sessions ?? [], end: expires)
        index[input.id] = expires
        organizationIndexes[input.organizationID] = index.filter { $0.value >= now }
        publish(
            SessionEvent(
                .grantSaved, at: date, userID: input.grantedTo, grantID: input.id,
                organizationID: input.organizationID, by: input.grantedBy, reason: input.reason,
                expiresAt: grant.expiresAt))
        if let known, expires <= known.end { shorten(known.sessions, under: input.id, to: expires) }
        return grant
    }

    mutating func grants(of organization: OrganizationID) -> [SupportAccessGrant] {
        let index = organizationIndex(organization).filter { $0.value >= now && grant($0.key) != nil }
        organizationIndexes[organization] = index
        return index.sorted { left, right in
            guard left.value == right.value else { return left.value < right.value }
            return left.key.value.random.text.utf8.lexicographicallyPrecedes(right.key.value.random.text.utf8)
        }
        .compactMap { grant($0.key)?.grant }
    }

    mutating func revoke(
        _ id: SupportAccessGrantID, by actor: String?
    ) throws(SessionRepositoryError) -> RevocationOutcome {
        let actor = try InputLimits.actor(actor)
        guard let record = grant(id) else {
            if revokedGrant(id) == nil { revokedGrants[id] = RevokedGrant(by: actor, end: now + retention) }
            return .unknown
        }
        grants[id] = nil
        revokedGrants[id] = RevokedGrant(by: actor, end: now + Self.longestLifetime)
        organizationIndexes[record.grant.organizationID]?[id] = nil
        publish(
            SessionEvent(
                .grantRevoked, at: date, grantID: id, organizationID: record.grant.organizationID, by: actor))
        for session in record.sessions where self.record(session)?.session.isActive == true {
            markTerminated(session, by: actor, reason: Termination.supportAccessRevokedReason)
        }
        return .revoked
    }

    mutating func deleteExpiredGrants(of organization: OrganizationID?) -> Int {
        let organizations = organization.map { [$0] } ?? Array(organizationIndexes.keys)
        return organizations.reduce(0) { removed, organization in
            let index = organizationIndex(organization)
            let kept = index.filter { grant($0.key) != nil }
            organizationIndexes[organization] = kept
            return removed + index.count - kept.count
        }
    }

    // MARK: Its sessions

    /// Whether a session may go on under its grant.
    func isInForce(_ id: SupportAccessGrantID, for session: Session) -> Bool {
        guard let record = grant(id), record.sessions.contains(session.id) else { return false }
        return record.grant.grantedTo == nil || record.grant.grantedTo == session.userID
    }

    /// Enters a session with its grant before it is created.
    /// - Returns: when the grant expires.
    mutating func register(
        _ session: SessionID, of user: UserID, under id: SupportAccessGrantID
    ) throws(SessionRepositoryError) -> Int64 {
        guard let record = grant(id) else { throw .supportAccessEnded(id) }
        guard record.grant.grantedTo == nil || record.grant.grantedTo == user else {
            throw .supportAccessNotGranted(id)
        }
        grants[id]?.sessions.insert(session)
        return record.end
    }

    private mutating func shorten(_ ids: Set<SessionID>, under grant: SupportAccessGrantID, to end: Int64) {
        for id in ids {
            guard record(id)?.session.grantID == grant else { continue }
            shorten(id, to: end)
        }
    }
}
