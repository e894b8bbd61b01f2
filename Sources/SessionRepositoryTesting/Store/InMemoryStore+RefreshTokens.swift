import Foundation
import SessionRepository

extension InMemoryStore {
    mutating func rotate(
        _ token: RefreshToken, ipAddress: String?
    ) throws(SessionRepositoryError) -> RotationOutcome {
        guard let refreshTokenKeys else { throw .missingRefreshTokenKeys }
        guard let claims = refreshTokenKeys.verify(token) else { return .forged }
        let id = claims.sessionID
        guard chain(id) == nil else { return .invalidated }
        guard var record = record(id) else { return .unknown }
        guard record.session.isActive else { return .invalidated }
        guard claims.generation <= record.generation + 8 else { return .forged }
        let isPredecessor = claims.generation == record.generation - 1
        let isRepeated =
            isPredecessor && abs(now - (record.rotatedAt ?? 0)) < policy.reuseInterval.wholeMilliseconds
        let isLate =
            isPredecessor && !isRepeated && policy.reuse == .afterSuccessorWasUsed
            && claims.generation != record.reissued
        guard claims.generation >= record.generation || isRepeated || isLate else {
            publish(SessionEvent(.refreshTokenReuse, at: date, sessionID: id, userID: record.session.userID))
            markTerminated(id, by: nil, reason: Termination.refreshTokenReuseReason)
            return .reuse(id)
        }
        if let grant = record.session.grantID, !isInForce(grant, for: record.session) { return .invalidated }
        let address = ipAddress.flatMap(ClientAddress.canonical)
        if isRepeated {
            noteAddress(address, in: &record)
        } else {
            if isLate {
                record.reissued = record.generation
            } else {
                record.generation = claims.generation + 1
                record.rotatedAt = now
            }
            recordActivity(from: address, in: &record)
        }
        sessions[id] = record
        let successor = refreshTokenKeys.issue(
            RefreshTokenClaims(sessionID: id, generation: record.generation))
        let user = record.session.userID
        return isRepeated || isLate ? .repeated(successor, id, user) : .rotated(successor, id, user)
    }

    mutating func invalidateChain(
        of id: SessionID, reason: String?
    ) throws(SessionRepositoryError) -> InvalidationOutcome {
        let reason = try InputLimits.reason(reason)
        guard chain(id) == nil else { return .alreadyInvalidated }
        let record = record(id)
        let expires = record?.session.expiresAt.unixMilliseconds
        let lifetime = expires.map { min(Self.longestLifetime, max($0 - now, retention)) } ?? Self.longestLifetime
        chains[id] = Chain(reason: reason, end: now + lifetime)
        publish(
            SessionEvent(
                .chainInvalidated, at: date, sessionID: id, userID: record?.session.userID, reason: reason))
        return .invalidated
    }

    func chainState(of id: SessionID) -> RefreshTokenChainState {
        chain(id).map { .invalidated(reason: $0.reason) } ?? .valid
    }
}
