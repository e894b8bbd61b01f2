/// What a repository without replicas does: it has everything itself, and claims no more.
extension SessionRepository {
    public func terminateSession(
        _ id: SessionID, ownedBy owner: UserID? = nil, by actor: String? = nil, reason: String? = nil,
        durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<TerminationOutcome> {
        try durability.validate()
        return Confirmed(try await terminateSession(id, ownedBy: owner, by: actor, reason: reason))
    }

    public func terminateAllSessionsByUser(
        _ user: UserID, except kept: SessionID? = nil, by actor: String? = nil, reason: String? = nil,
        operationID: OperationID = OperationID(), durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<Int> {
        try durability.validate()
        return Confirmed(
            try await terminateAllSessionsByUser(
                user, except: kept, by: actor, reason: reason, operationID: operationID))
    }

    public func invalidateRefreshTokenChain(
        _ id: SessionID, reason: String? = nil, durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<InvalidationOutcome> {
        try durability.validate()
        return Confirmed(try await invalidateRefreshTokenChain(id, reason: reason))
    }

    public func revokeSupportAccessGrant(
        _ id: SupportAccessGrantID, by actor: String? = nil, durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<RevocationOutcome> {
        try durability.validate()
        return Confirmed(try await revokeSupportAccessGrant(id, by: actor))
    }
}
