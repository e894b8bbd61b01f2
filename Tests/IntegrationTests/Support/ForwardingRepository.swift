import Foundation
import SessionRepository

/// Passes everything on to another repository, except what a conforming type does itself.
protocol ForwardingRepository: SessionRepository {
    associatedtype Base: SessionRepository
    var base: Base { get }
}

extension ForwardingRepository {
    func beginLogin(_ user: UserID) async throws(SessionRepositoryError) -> LoginTicket {
        try await base.beginLogin(user)
    }

    func createSession(_ session: NewSession) async throws(SessionRepositoryError) -> CreatedSession {
        try await base.createSession(session)
    }

    func findSession(_ id: SessionID, ownedBy owner: UserID?) async throws(SessionRepositoryError) -> Session? {
        try await base.findSession(id, ownedBy: owner)
    }

    func authorize(_ id: SessionID) async throws(SessionRepositoryError) -> Authorization {
        try await base.authorize(id)
    }

    func touch(_ id: SessionID, ipAddress: String?) async throws(SessionRepositoryError) -> TouchOutcome {
        try await base.touch(id, ipAddress: ipAddress)
    }

    func updateSession(
        _ id: SessionID, _ changes: SessionChanges
    ) async throws(SessionRepositoryError) -> UpdateOutcome {
        try await base.updateSession(id, changes)
    }

    func elevateSession(
        _ id: SessionID, to level: String, methods: [String], for duration: Duration
    ) async throws(SessionRepositoryError) -> UpdateOutcome {
        try await base.elevateSession(id, to: level, methods: methods, for: duration)
    }

    func findActiveSessionsByUser(
        _ user: UserID, limit: Int, after cursor: SessionPage.Cursor?
    ) async throws(SessionRepositoryError) -> SessionPage {
        try await base.findActiveSessionsByUser(user, limit: limit, after: cursor)
    }

    func terminateSession(
        _ id: SessionID, ownedBy owner: UserID?, by actor: String?, reason: String?
    ) async throws(SessionRepositoryError) -> TerminationOutcome {
        try await base.terminateSession(id, ownedBy: owner, by: actor, reason: reason)
    }

    func terminateAllSessionsByUser(
        _ user: UserID, except kept: SessionID?, by actor: String?, reason: String?, operationID: OperationID
    ) async throws(SessionRepositoryError) -> Int {
        try await base.terminateAllSessionsByUser(
            user, except: kept, by: actor, reason: reason, operationID: operationID)
    }

    func renewSession(
        _ id: SessionID, as newID: SessionID, ticket: LoginTicket, authenticatedAt: Date?, lifetime: Duration?
    ) async throws(SessionRepositoryError) -> RenewalOutcome {
        try await base.renewSession(
            id, as: newID, ticket: ticket, authenticatedAt: authenticatedAt, lifetime: lifetime)
    }

    func terminateAllSessions(
        by actor: String?, reason: String?, operationID: OperationID, progress: (EveryoneOutProgress) -> Void
    ) async throws(SessionRepositoryError) -> Int {
        try await base.terminateAllSessions(by: actor, reason: reason, operationID: operationID, progress: progress)
    }

    func shortenSession(
        _ id: SessionID, for duration: Duration
    ) async throws(SessionRepositoryError) -> ShorteningOutcome {
        try await base.shortenSession(id, for: duration)
    }

    func rotateRefreshToken(
        _ token: RefreshToken, ipAddress: String?
    ) async throws(SessionRepositoryError) -> RotationOutcome {
        try await base.rotateRefreshToken(token, ipAddress: ipAddress)
    }

    func sessionID(of token: RefreshToken) -> SessionID? {
        base.sessionID(of: token)
    }

    func invalidateRefreshTokenChain(
        _ id: SessionID, reason: String?
    ) async throws(SessionRepositoryError) -> InvalidationOutcome {
        try await base.invalidateRefreshTokenChain(id, reason: reason)
    }

    func refreshTokenChainState(_ id: SessionID) async throws(SessionRepositoryError) -> RefreshTokenChainState {
        try await base.refreshTokenChainState(id)
    }

    func saveSupportAccessGrant(
        _ grant: NewSupportAccessGrant
    ) async throws(SessionRepositoryError) -> SupportAccessGrant {
        try await base.saveSupportAccessGrant(grant)
    }

    func extendSupportAccessGrant(
        _ id: SupportAccessGrantID, until expiry: NewSupportAccessGrant.Expiry, by actor: String?
    ) async throws(SessionRepositoryError) -> SupportAccessGrant {
        try await base.extendSupportAccessGrant(id, until: expiry, by: actor)
    }

    func findSupportAccessGrant(
        _ id: SupportAccessGrantID
    ) async throws(SessionRepositoryError) -> SupportAccessGrant? {
        try await base.findSupportAccessGrant(id)
    }

    func listSupportAccessGrants(
        _ organization: OrganizationID
    ) async throws(SessionRepositoryError) -> [SupportAccessGrant] {
        try await base.listSupportAccessGrants(organization)
    }

    func listSupportAccessGrants(
        grantedTo admin: UserID
    ) async throws(SessionRepositoryError) -> [SupportAccessGrant] {
        try await base.listSupportAccessGrants(grantedTo: admin)
    }

    func revokeSupportAccessGrants(
        _ scope: SupportAccessScope, by actor: String?
    ) async throws(SessionRepositoryError) -> Int {
        try await base.revokeSupportAccessGrants(scope, by: actor)
    }

    func revokeSupportAccessGrant(
        _ id: SupportAccessGrantID, by actor: String?
    ) async throws(SessionRepositoryError) -> RevocationOutcome {
        try await base.revokeSupportAccessGrant(id, by: actor)
    }

    func deleteExpiredSupportAccessGrants(
        of organization: OrganizationID?
    ) async throws(SessionRepositoryError) -> Int {
        try await base.deleteExpiredSupportAccessGrants(of: organization)
    }

    func events() async throws(SessionRepositoryError) -> SessionEvents {
        try await base.events()
    }

    func currentTime() async throws(SessionRepositoryError) -> Date {
        try await base.currentTime()
    }
}
