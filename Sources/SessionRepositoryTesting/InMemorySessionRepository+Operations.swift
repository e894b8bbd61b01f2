public import Foundation
public import SessionRepository

extension InMemorySessionRepository {
    public func beginLogin(_ user: UserID) async throws(SessionRepositoryError) -> LoginTicket {
        try perform { store throws(SessionRepositoryError) in store.beginLogin(user) }
    }

    public func createSession(_ session: NewSession) async throws(SessionRepositoryError) -> CreatedSession {
        try perform { store throws(SessionRepositoryError) in try store.create(session) }
    }

    public func findSession(
        _ id: SessionID, ownedBy owner: UserID?
    ) async throws(SessionRepositoryError) -> Session? {
        try perform { store throws(SessionRepositoryError) in store.find(id, ownedBy: owner) }
    }

    public func authorize(_ id: SessionID) async throws(SessionRepositoryError) -> Authorization {
        try perform { store throws(SessionRepositoryError) in store.authorize(id) }
    }

    public func touch(_ id: SessionID, ipAddress: String?) async throws(SessionRepositoryError) -> TouchOutcome {
        try perform { store throws(SessionRepositoryError) in store.touch(id, ipAddress: ipAddress) }
    }

    public func updateSession(
        _ id: SessionID, _ changes: SessionChanges
    ) async throws(SessionRepositoryError) -> UpdateOutcome {
        try perform { store throws(SessionRepositoryError) in try store.update(id, changes) }
    }

    public func elevateSession(
        _ id: SessionID, to level: String, methods: [String], for duration: Duration
    ) async throws(SessionRepositoryError) -> UpdateOutcome {
        try perform { store throws(SessionRepositoryError) in
            try store.elevate(id, to: level, methods: methods, for: duration)
        }
    }

    public func findActiveSessionsByUser(
        _ user: UserID, limit: Int, after cursor: SessionPage.Cursor?
    ) async throws(SessionRepositoryError) -> SessionPage {
        try perform { store throws(SessionRepositoryError) in
            try store.page(of: user, limit: limit, after: cursor)
        }
    }

    public func terminateSession(
        _ id: SessionID, ownedBy owner: UserID?, by actor: String?, reason: String?
    ) async throws(SessionRepositoryError) -> TerminationOutcome {
        try perform { store throws(SessionRepositoryError) in
            try store.terminate(id, ownedBy: owner, by: actor, reason: reason)
        }
    }

    public func terminateAllSessionsByUser(
        _ user: UserID, except kept: SessionID?, by actor: String?, reason: String?, operationID: OperationID
    ) async throws(SessionRepositoryError) -> Int {
        try perform { store throws(SessionRepositoryError) in
            try store.terminateAll(of: user, except: kept, by: actor, reason: reason, operationID: operationID)
        }
    }

    public func terminateAllSessions(
        by actor: String?, reason: String?, operationID: OperationID, progress: (EveryoneOutProgress) -> Void
    ) async throws(SessionRepositoryError) -> Int {
        let result = try perform { store throws(SessionRepositoryError) in
            try store.terminateEveryone(by: actor, reason: reason, operationID: operationID)
        }
        progress(result)
        return result.terminated
    }

    public func renewSession(
        _ id: SessionID, as newID: SessionID, ticket: LoginTicket, authenticatedAt: Date?, lifetime: Duration?
    ) async throws(SessionRepositoryError) -> RenewalOutcome {
        try perform { store throws(SessionRepositoryError) in
            try store.renew(id, as: newID, ticket: ticket, authenticatedAt: authenticatedAt, lifetime: lifetime)
        }
    }

    public func shortenSession(
        _ id: SessionID, for duration: Duration
    ) async throws(SessionRepositoryError) -> ShorteningOutcome {
        try perform { store throws(SessionRepositoryError) in try store.shorten(id, for: duration) }
    }

    public func sessionID(of token: RefreshToken) -> SessionID? {
        refreshTokenKeys?.verify(token)?.sessionID
    }

    public func rotateRefreshToken(
        _ token: RefreshToken, ipAddress: String?
    ) async throws(SessionRepositoryError) -> RotationOutcome {
        try perform { store throws(SessionRepositoryError) in try store.rotate(token, ipAddress: ipAddress) }
    }

    public func invalidateRefreshTokenChain(
        _ id: SessionID, reason: String?
    ) async throws(SessionRepositoryError) -> InvalidationOutcome {
        try perform { store throws(SessionRepositoryError) in try store.invalidateChain(of: id, reason: reason) }
    }

    public func refreshTokenChainState(
        _ id: SessionID
    ) async throws(SessionRepositoryError) -> RefreshTokenChainState {
        try perform { store throws(SessionRepositoryError) in store.chainState(of: id) }
    }

    public func saveSupportAccessGrant(
        _ grant: NewSupportAccessGrant
    ) async throws(SessionRepositoryError) -> SupportAccessGrant {
        try perform { store throws(SessionRepositoryError) in try store.save(try SupportAccessGrantInput(grant)) }
    }

    public func extendSupportAccessGrant(
        _ id: SupportAccessGrantID, until expiry: NewSupportAccessGrant.Expiry, by actor: String?
    ) async throws(SessionRepositoryError) -> SupportAccessGrant {
        try perform { store throws(SessionRepositoryError) in
            try store.save(try SupportAccessGrantInput(extending: id, until: expiry, by: actor))
        }
    }

    public func findSupportAccessGrant(
        _ id: SupportAccessGrantID
    ) async throws(SessionRepositoryError) -> SupportAccessGrant? {
        try perform { store throws(SessionRepositoryError) in store.grant(id)?.grant }
    }

    public func listSupportAccessGrants(
        _ organization: OrganizationID
    ) async throws(SessionRepositoryError) -> [SupportAccessGrant] {
        try perform { store throws(SessionRepositoryError) in store.grants(of: organization) }
    }

    public func listSupportAccessGrants(
        grantedTo admin: UserID
    ) async throws(SessionRepositoryError) -> [SupportAccessGrant] {
        try perform { store throws(SessionRepositoryError) in store.grants(grantedTo: admin) }
    }

    public func revokeSupportAccessGrants(
        _ scope: SupportAccessScope, by actor: String?
    ) async throws(SessionRepositoryError) -> Int {
        try perform { store throws(SessionRepositoryError) in try store.revoke(scope, by: actor) }
    }

    public func revokeSupportAccessGrant(
        _ id: SupportAccessGrantID, by actor: String?
    ) async throws(SessionRepositoryError) -> RevocationOutcome {
        try perform { store throws(SessionRepositoryError) in try store.revoke(id, by: actor) }
    }

    public func deleteExpiredSupportAccessGrants(
        of organization: OrganizationID?
    ) async throws(SessionRepositoryError) -> Int {
        try perform { store throws(SessionRepositoryError) in store.deleteExpiredGrants(of: organization) }
    }

    public func currentTime() async throws(SessionRepositoryError) -> Date {
        try perform { store throws(SessionRepositoryError) in Date(unixMilliseconds: store.now) }
    }
}
