public import Foundation

/// The public operations: what each does is in the file that its first line leads to. This is the one place where they can be
/// observed; what they need from each other they call there, so that one call is one operation.
///
/// What the near cache answers asks Redis nothing and is only counted there: hits, for which `authorize` does it itself, and
/// touches of sessions whose activity is known to be recorded recently enough.
extension RedisSessionRepository {
    public func beginLogin(_ user: UserID) async throws(SessionRepositoryError) -> LoginTicket {
        try await observed(.beginLogin) { () throws(SessionRepositoryError) in try await ticket(for: user) }
    }

    public func createSession(_ session: NewSession) async throws(SessionRepositoryError) -> CreatedSession {
        try await observed(.createSession) { () throws(SessionRepositoryError) in try await create(session) }
    }

    public func findSession(
        _ id: SessionID, ownedBy owner: UserID?
    ) async throws(SessionRepositoryError) -> Session? {
        try await observed(.findSession, outcome: OutcomeWord.ofSearch) { () throws(SessionRepositoryError) in
            try await find(id, ownedBy: owner)
        }
    }

    public func touch(_ id: SessionID, ipAddress: String?) async throws(SessionRepositoryError) -> TouchOutcome {
        if absorbsTouch(id, ipAddress: ipAddress) { return .recent }
        return try await observed(.touch, outcome: \.rawValue) { () throws(SessionRepositoryError) in
            try await recordActivity(id, ipAddress: ipAddress)
        }
    }

    public func updateSession(
        _ id: SessionID, _ changes: SessionChanges
    ) async throws(SessionRepositoryError) -> UpdateOutcome {
        try await observed(.updateSession, outcome: \.word) { () throws(SessionRepositoryError) in
            try await update(id, changes)
        }
    }

    public func elevateSession(
        _ id: SessionID, to level: String, methods: [String], for duration: Duration
    ) async throws(SessionRepositoryError) -> UpdateOutcome {
        try await observed(.elevateSession, outcome: \.word) { () throws(SessionRepositoryError) in
            try await elevate(id, to: level, methods: methods, for: duration)
        }
    }

    public func findActiveSessionsByUser(
        _ user: UserID, limit: Int, after cursor: SessionPage.Cursor?
    ) async throws(SessionRepositoryError) -> SessionPage {
        try await observed(.findActiveSessionsByUser) { () throws(SessionRepositoryError) in
            try await listActive(user, limit: limit, after: cursor)
        }
    }

    public func terminateSession(
        _ id: SessionID, ownedBy owner: UserID?, by actor: String?, reason: String?
    ) async throws(SessionRepositoryError) -> TerminationOutcome {
        try await observed(.terminateSession, outcome: \.rawValue) { () throws(SessionRepositoryError) in
            try await terminate(id, ownedBy: owner, by: actor, reason: reason)
        }
    }

    public func terminateAllSessionsByUser(
        _ user: UserID, except kept: SessionID?, by actor: String?, reason: String?, operationID: OperationID
    ) async throws(SessionRepositoryError) -> Int {
        try await observed(.terminateAllSessionsByUser) { () throws(SessionRepositoryError) in
            try await terminateAll(user, except: kept, by: actor, reason: reason, operationID: operationID)
        }
    }

    public func renewSession(
        _ id: SessionID, as newID: SessionID, ticket: LoginTicket, authenticatedAt: Date?, lifetime: Duration?
    ) async throws(SessionRepositoryError) -> RenewalOutcome {
        try await observed(.renewSession, outcome: \.word) { () throws(SessionRepositoryError) in
            try await renew(
                id, as: newID, ticket: ticket, authenticatedAt: authenticatedAt, lifetime: lifetime)
        }
    }

    public func shortenSession(
        _ id: SessionID, for duration: Duration
    ) async throws(SessionRepositoryError) -> ShorteningOutcome {
        try await observed(.shortenSession, outcome: \.word) { () throws(SessionRepositoryError) in
            try await shorten(id, for: duration)
        }
    }

    public func terminateAllSessions(
        by actor: String?, reason: String?, operationID: OperationID, progress: (EveryoneOutProgress) -> Void
    ) async throws(SessionRepositoryError) -> Int {
        try await observed(.terminateAllSessions) { () throws(SessionRepositoryError) in
            try await terminateEveryone(by: actor, reason: reason, operationID: operationID, progress: progress)
        }
    }

    // MARK: Refresh-token chains

    public func rotateRefreshToken(
        _ token: RefreshToken, ipAddress: String?
    ) async throws(SessionRepositoryError) -> RotationOutcome {
        try await observed(.rotateRefreshToken, outcome: \.word) { () throws(SessionRepositoryError) in
            try await rotate(token, ipAddress: ipAddress)
        }
    }

    public func invalidateRefreshTokenChain(
        _ id: SessionID, reason: String?
    ) async throws(SessionRepositoryError) -> InvalidationOutcome {
        try await observed(.invalidateRefreshTokenChain, outcome: \.rawValue) { () throws(SessionRepositoryError) in
            try await invalidateChain(id, reason: reason)
        }
    }

    public func refreshTokenChainState(
        _ id: SessionID
    ) async throws(SessionRepositoryError) -> RefreshTokenChainState {
        try await observed(.refreshTokenChainState, outcome: \.word) { () throws(SessionRepositoryError) in
            try await chainState(id)
        }
    }

    // MARK: Support-access grants

    public func saveSupportAccessGrant(
        _ grant: NewSupportAccessGrant
    ) async throws(SessionRepositoryError) -> SupportAccessGrant {
        try await observed(.saveSupportAccessGrant) { () throws(SessionRepositoryError) in try await save(grant) }
    }

    public func extendSupportAccessGrant(
        _ id: SupportAccessGrantID, until expiry: NewSupportAccessGrant.Expiry, by actor: String?
    ) async throws(SessionRepositoryError) -> SupportAccessGrant {
        try await observed(.extendSupportAccessGrant) { () throws(SessionRepositoryError) in
            try await extend(id, until: expiry, by: actor)
        }
    }

    public func findSupportAccessGrant(
        _ id: SupportAccessGrantID
    ) async throws(SessionRepositoryError) -> SupportAccessGrant? {
        try await observed(.findSupportAccessGrant, outcome: OutcomeWord.ofSearch) {
            () throws(SessionRepositoryError) in try await find(id)
        }
    }

    public func listSupportAccessGrants(
        _ organization: OrganizationID
    ) async throws(SessionRepositoryError) -> [SupportAccessGrant] {
        try await observed(.listSupportAccessGrants) { () throws(SessionRepositoryError) in
            try await list(organization)
        }
    }

    public func listSupportAccessGrants(
        grantedTo admin: UserID
    ) async throws(SessionRepositoryError) -> [SupportAccessGrant] {
        try await observed(.listSupportAccessGrants) { () throws(SessionRepositoryError) in
            try await list(grantedTo: admin)
        }
    }

    public func revokeSupportAccessGrants(
        _ scope: SupportAccessScope, by actor: String?
    ) async throws(SessionRepositoryError) -> Int {
        try await observed(.revokeSupportAccessGrants) { () throws(SessionRepositoryError) in
            try await revoke(scope, by: actor)
        }
    }

    public func revokeSupportAccessGrant(
        _ id: SupportAccessGrantID, by actor: String?
    ) async throws(SessionRepositoryError) -> RevocationOutcome {
        try await observed(.revokeSupportAccessGrant, outcome: \.rawValue) { () throws(SessionRepositoryError) in
            try await revoke(id, by: actor)
        }
    }

    public func deleteExpiredSupportAccessGrants(
        of organization: OrganizationID?
    ) async throws(SessionRepositoryError) -> Int {
        try await observed(.deleteExpiredSupportAccessGrants) { () throws(SessionRepositoryError) in
            try await sweepGrants(of: organization)
        }
    }

    // MARK: The store

    /// What changes from now on. Opens a connection of its own: one reader per process is enough.
    /// - Throws: when the server cannot be reached now. Later it is waited for.
    public func events() async throws(SessionRepositoryError) -> SessionEvents {
        try await observed(.events) { () throws(SessionRepositoryError) in try await subscribe() }
    }

    public func currentTime() async throws(SessionRepositoryError) -> Date {
        try await observed(.currentTime) { () throws(SessionRepositoryError) in try await clock() }
    }

    /// Looks at the servers' settings for what breaks a promise in practice, and says how to mend it. Of several
    /// masters, each check shows the worst.
    /// - Throws: only when a server cannot be asked at all.
    public func checkHealth() async throws(SessionRepositoryError) -> [HealthCheck] {
        try await observed(.checkHealth) { () throws(SessionRepositoryError) in try await examine() }
    }
}
