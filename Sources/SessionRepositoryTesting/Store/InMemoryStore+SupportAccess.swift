import Foundation
import SessionRepository

extension InMemoryStore {
    mutating func save(_ input: SupportAccessGrantInput) throws(SessionRepositoryError) -> SupportAccessGrant {
        guard revokedGrant(input.id) == nil else { throw .supportAccessEnded(input.id) }
        let known = grant(input.id)
        guard let organization = input.organizationID ?? known?.grant.organizationID else {
            throw .supportAccessEnded(input.id)
        }
        var index = organizationIndex(organization)
        if let known {
            guard known.grant.organizationID == organization else { throw .identifierTaken("\(input.id)") }
        } else if input.grantedTo == nil {
            throw .unnamedAdministrator
        } else if index.values.count(where: { $0 >= now }) >= InputLimits.grantsPerOrganization {
            throw .supportAccessLimitReached(limit: InputLimits.grantsPerOrganization)
        }
        let wanted =
            switch input.expiry {
            case .at(let time): time
            case .after(let duration): now + duration
            }
        guard wanted > now else { throw .invalidInput(field: "expiry", problem: "it is in the past") }
        let created = known?.grant.createdAt.unixMilliseconds ?? now
        let expires = min(wanted, max(created + policy.maximumGrantDuration.wholeMilliseconds, known?.end ?? 0))
        let grant = SupportAccessGrant(
            id: input.id, organizationID: organization, grantedBy: known?.grant.grantedBy ?? input.actor ?? "",
            grantedTo: input.grantedTo.map(\.administrator) ?? known?.grant.grantedTo,
            reason: input.reason.map(\.text) ?? known?.grant.reason,
            createdAt: Date(unixMilliseconds: created), expiresAt: Date(unixMilliseconds: expires))
        var record = GrantRecord(
            grant: grant, sessions: known?.sessions ?? [], former: known?.former ?? [], end: expires)
        var ended: Set<SessionID> = []
        if let known, let admin = grant.grantedTo, admin != known.grant.grantedTo {
            let stays: Set = known.grant.grantedTo == nil ? record.sessions.filter { $0.mayBelong(to: admin) } : []
            ended = record.former.union(record.sessions).subtracting(stays)
            record.sessions = stays
        } else if let known, expires <= known.end {
            ended = record.former
        }
        record.former = record.former.union(ended).subtracting(ended.filter { self.record($0) != nil })
        grants[input.id] = record
        index[input.id] = expires
        organizationIndexes[organization] = index.filter { $0.value >= now }
        publish(
            SessionEvent(
                .grantSaved, at: date, userID: grant.grantedTo, grantID: input.id, organizationID: organization,
                by: input.actor, reason: grant.reason, expiresAt: grant.expiresAt))
        markEnded(ended, by: input.actor)
        if let known, expires <= known.end { shorten(record.sessions, under: input.id, to: expires) }
        return grant
    }

    mutating func grants(grantedTo admin: UserID) -> [SupportAccessGrant] {
        grants.keys.compactMap { grant($0)?.grant }.filter { $0.grantedTo == admin }
            .sorted(by: SupportAccessGrant.endsEarlier)
    }

    mutating func revoke(
        _ scope: SupportAccessScope, by actor: String?
    ) throws(SessionRepositoryError) -> Int {
        let actor = try InputLimits.actor(actor)
        var count = 0
        for record in grants.values {
            let isMeant =
                switch scope {
                case .organization(let organization): record.grant.organizationID == organization
                case .administrator(let admin): record.grant.grantedTo == admin
                case .everyone: true
                }
            if isMeant, try revoke(record.grant.id, by: actor) == .revoked { count += 1 }
        }
        return count
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
        markEnded(record.sessions.union(record.former), by: actor)
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
        guard !record.former.contains(session) else { throw .supportAccessEnded(id) }
        grants[id]?.sessions.insert(session)
        return record.end
    }

    private mutating func markEnded(_ ids: Set<SessionID>, by actor: String?) {
        for id in ids where record(id)?.session.isActive == true {
            markTerminated(id, by: actor, reason: Termination.supportAccessRevokedReason)
        }
    }

    private mutating func shorten(_ ids: Set<SessionID>, under grant: SupportAccessGrantID, to end: Int64) {
        for id in ids {
            guard record(id)?.session.grantID == grant else { continue }
            shorten(id, to: end)
        }
    }
}
