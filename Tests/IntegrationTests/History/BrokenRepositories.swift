import SessionRepository
import Synchronization

/// Remembers that a session was active, and does not ask again.
final class CachingRepository: ForwardingRepository {
    let base: RedisSessionRepository
    private let cache = Mutex<[SessionID: Authorization]>([:])

    init(base: RedisSessionRepository) { self.base = base }

    func authorize(_ id: SessionID) async throws(SessionRepositoryError) -> Authorization {
        if let known = cache.withLock({ $0[id] }) { return known }
        let answer = try await base.authorize(id)
        if case .active = answer { cache.withLock { $0[id] = answer } }
        return answer
    }
}

/// Says that a session has ended before it has.
struct HastyRepository: ForwardingRepository {
    let base: RedisSessionRepository

    func terminateSession(
        _ id: SessionID, ownedBy owner: UserID?, by actor: String?, reason: String?
    ) async throws(SessionRepositoryError) -> TerminationOutcome {
        Task {
            // Late by a few more questions.
            for _ in 0..<5 { _ = try await base.authorize(id) }
            _ = try await base.terminateSession(id, ownedBy: owner, by: actor, reason: reason)
        }
        return .terminated
    }
}

/// Ends a user's sessions one after the other.
struct OneByOneRepository: ForwardingRepository {
    let base: RedisSessionRepository

    func terminateAllSessionsByUser(
        _ user: UserID, except kept: SessionID?, by actor: String?, reason: String?, operationID: OperationID
    ) async throws(SessionRepositoryError) -> Int {
        let sessions = try await base.findActiveSessionsByUser(user)
        for session in sessions {
            _ = try await base.terminateSession(session.id, ownedBy: nil, by: actor, reason: reason)
        }
        return sessions.count
    }
}

/// Takes each of several that present one token for the first.
struct ForkingRepository: ForwardingRepository {
    let base: RedisSessionRepository

    func rotateRefreshToken(
        _ token: RefreshToken, ipAddress: String?
    ) async throws(SessionRepositoryError) -> RotationOutcome {
        let outcome = try await base.rotateRefreshToken(token, ipAddress: ipAddress)
        guard case .repeated(let next, let id, let user) = outcome else { return outcome }
        return .rotated(next, id, user)
    }
}
