import SessionRepository
import SessionRepositoryTesting

/// What a careless implementation might get wrong.
enum Mistake: CaseIterable {
    case keptSessionEnds
    case ownerIsIgnored
    case repeatCountsAsRotation
    case oldLoginIsAccepted
    case anybodyHasAccess
    case lastOfPageIsLost
}

/// The twin with one mistake.
struct MistakenRepository: ForwardingRepository {
    let base: InMemorySessionRepository
    let mistake: Mistake

    func createSession(_ session: NewSession) async throws(SessionRepositoryError) -> CreatedSession {
        var session = session
        if mistake == .oldLoginIsAccepted { session.ticket = .none }
        return try await base.createSession(session)
    }

    func terminateSession(
        _ id: SessionID, ownedBy owner: UserID?, by actor: String?, reason: String?
    ) async throws(SessionRepositoryError) -> TerminationOutcome {
        let owner = mistake == .ownerIsIgnored ? nil : owner
        return try await base.terminateSession(id, ownedBy: owner, by: actor, reason: reason)
    }

    func terminateAllSessionsByUser(
        _ user: UserID, except kept: SessionID?, by actor: String?, reason: String?, operationID: OperationID
    ) async throws(SessionRepositoryError) -> Int {
        let kept = mistake == .keptSessionEnds ? nil : kept
        return try await base.terminateAllSessionsByUser(
            user, except: kept, by: actor, reason: reason, operationID: operationID)
    }

    func findActiveSessionsByUser(
        _ user: UserID, limit: Int, after cursor: SessionPage.Cursor?
    ) async throws(SessionRepositoryError) -> SessionPage {
        let page = try await base.findActiveSessionsByUser(user, limit: limit, after: cursor)
        guard mistake == .lastOfPageIsLost else { return page }
        return SessionPage(sessions: page.sessions.dropLast(), next: page.next)
    }

    func rotateRefreshToken(
        _ token: RefreshToken, ipAddress: String?
    ) async throws(SessionRepositoryError) -> RotationOutcome {
        let outcome = try await base.rotateRefreshToken(token, ipAddress: ipAddress)
        guard mistake == .repeatCountsAsRotation, case .repeated(let next, let id, let user) = outcome else {
            return outcome
        }
        return .rotated(next, id, user)
    }

    func saveSupportAccessGrant(
        _ grant: NewSupportAccessGrant
    ) async throws(SessionRepositoryError) -> SupportAccessGrant {
        var grant = grant
        if mistake == .anybodyHasAccess { grant.grantedTo = .anyAdministrator }
        return try await base.saveSupportAccessGrant(grant)
    }
}
