import Foundation
import SessionRepository

extension InMemoryStore {
    mutating func create(_ new: NewSession) throws(SessionRepositoryError) -> CreatedSession {
        let input = try SessionInput(new, policy: policy)
        var latestEnd = Int64.max
        if let grant = input.grantID { latestEnd = try register(input.id, of: input.userID, under: grant) }
        if let known = record(input.id) {
            guard known.session.userID == input.userID else { throw .identifierTaken("\(input.id)") }
            guard known.session.isActive else { throw .sessionAlreadyEnded(input.id) }
        } else {
            try insert(input, latestEnd: latestEnd)
        }
        return try confirmed(input.id)
    }

    private mutating func insert(_ input: SessionInput, latestEnd: Int64) throws(SessionRepositoryError) {
        guard chain(input.id) == nil else { throw .sessionAlreadyEnded(input.id) }
        try refuseSuperseded(input.ticket, of: input.userID)
        let expires = min(now + input.lifetime, latestEnd)
        guard expires > now else { throw endedGrant(input.grantID, of: input.id) }

        let active = userIndex(input.userID).filter { $0.value >= now }.keys
            .compactMap { record($0) }.filter(\.session.isActive)
        let surplus = active.count - policy.maximumSessionsPerUser + 1
        guard surplus <= 0 || policy.overflow != .refuse else {
            throw .sessionLimitReached(limit: policy.maximumSessionsPerUser)
        }
        let session = input.session(
            createdAt: now, authenticatedAt: min(input.authenticatedAt ?? now, now), expiresAt: expires)
        let end = min(expires, now + input.idleTimeout)
        sessions[input.id] = SessionRecord(
            session: session, idleTimeout: input.idleTimeout, everyone: everyoneEpoch, end: end)
        var index = userIndex(input.userID)
        index[input.id] = end
        userIndexes[input.userID] = index
        prune(input.userID)
        for victim in active.sorted(by: Self.isLessRecent).prefix(max(surplus, 0)) {
            markTerminated(victim.session.id, by: nil, reason: Termination.sessionLimitReason)
        }
        publish(
            SessionEvent(
                .sessionCreated, at: date, sessionID: input.id, userID: input.userID, grantID: input.grantID))
    }

    mutating func renew(
        _ id: SessionID, as newID: SessionID, ticket: LoginTicket, authenticatedAt: Date?, lifetime: Duration?
    ) throws(SessionRepositoryError) -> RenewalOutcome {
        let renewal = try SessionRenewal(
            of: id, as: newID, ticket: ticket, authenticatedAt: authenticatedAt, lifetime: lifetime)
        if let known = record(newID) {
            guard known.renewed == id else { throw .identifierTaken("\(newID)") }
            guard known.session.isActive else { throw .sessionAlreadyEnded(newID) }
        } else {
            guard chain(newID) == nil else { throw .sessionAlreadyEnded(newID) }
            guard let old = record(id), old.session.isActive else { return .notActive }
            try replace(old, by: renewal)
        }
        return .renewed(try confirmed(newID))
    }

    private mutating func replace(
        _ old: SessionRecord, by renewal: SessionRenewal
    ) throws(SessionRepositoryError) {
        let session = old.session
        var latestEnd = Int64.max
        if let grant = session.grantID {
            guard isInForce(grant, for: session) else { throw .supportAccessEnded(grant) }
            latestEnd = try register(renewal.new, of: session.userID, under: grant)
        }
        try refuseSuperseded(renewal.ticket, of: session.userID)
        let expires = min(now + (renewal.lifetime ?? lifetime(of: session)), latestEnd)
        guard expires > now else { throw endedGrant(session.grantID, of: session.id) }
        let end = min(expires, now + old.idleTimeout)
        let authenticated = min(renewal.authenticatedAt ?? now, now)
        let renewed = Session(
            id: renewal.new, userID: session.userID, state: .active, deviceName: session.deviceName,
            ipAddress: session.ipAddress, userAgent: session.userAgent, createdAt: date,
            authenticatedAt: Date(unixMilliseconds: authenticated), lastActivityAt: date,
            idleExpiresAt: Date(unixMilliseconds: end), expiresAt: Date(unixMilliseconds: expires),
            grantID: session.grantID, attributes: session.attributes,
            assurance: session.assurance.flatMap { Assurance(level: $0.level, methods: $0.methods).recorded })
        sessions[renewal.new] = SessionRecord(
            session: renewed, idleTimeout: old.idleTimeout,
            everyone: renewal.ticket == .none ? old.everyone : everyoneEpoch, renewed: session.id, end: end)
        userIndexes[session.userID, default: [:]][renewal.new] = end
        publish(
            SessionEvent(
                .sessionCreated, at: date, sessionID: renewal.new, userID: session.userID, grantID: session.grantID))
        markTerminated(session.id, by: nil, reason: Termination.renewedReason)
    }

    /// Where the clock was ahead at its creation, what it has left.
    private func lifetime(of session: Session) -> Int64 {
        let expires = session.expiresAt.unixMilliseconds ?? 0
        let beginning = min(session.createdAt.unixMilliseconds ?? 0, now)
        return min(expires - beginning, Self.longestLifetime)
    }

    private mutating func confirmed(_ id: SessionID) throws(SessionRepositoryError) -> CreatedSession {
        guard let record = record(id) else { throw .sessionAlreadyEnded(id) }
        if let grant = record.session.grantID, !isInForce(grant, for: record.session) {
            markTerminated(id, by: nil, reason: Termination.supportAccessRevokedReason)
            throw .supportAccessEnded(grant)
        }
        let claims = RefreshTokenClaims(sessionID: id, generation: record.generation)
        return CreatedSession(session: record.session, refreshToken: refreshTokenKeys?.issue(claims))
    }

    func beginLogin(_ user: UserID) -> LoginTicket {
        LoginTicket(user: user, begun: now, userEpoch: epoch(user), everyoneEpoch: everyoneEpoch)
    }

    private func refuseSuperseded(_ ticket: LoginTicket, of user: UserID) throws(SessionRepositoryError) {
        guard let login = ticket.content else { return }
        guard login.everyone == everyoneEpoch else { throw .loginSuperseded(by: .everyoneOut) }
        guard login.user == epoch(user) else { throw .loginSuperseded(by: .bulkTermination) }
        guard abs(now - login.begun) <= 86_400_000 else { throw .loginTicketExpired }
    }

    private func endedGrant(_ grant: SupportAccessGrantID?, of session: SessionID) -> SessionRepositoryError {
        grant.map { .supportAccessEnded($0) } ?? .sessionAlreadyEnded(session)
    }

    private static func isLessRecent(_ left: SessionRecord, _ right: SessionRecord) -> Bool {
        let (left, right) = (left.session, right.session)
        guard left.lastActivityAt == right.lastActivityAt else { return left.lastActivityAt < right.lastActivityAt }
        return left.id.value.random.text.utf8.lexicographicallyPrecedes(right.id.value.random.text.utf8)
    }
}
