/// What a repository without replicas does: it has everything itself, and claims no more.
extension SessionRepository {
    public func terminateSession(
        _ id: SessionID, ownedBy owner: UserID?, by actor: String?, reason: String?,
        durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<TerminationOutcome> {
        try durability.validate()
        return Confirmed(try await terminateSession(id, ownedBy: owner, by: actor, reason: reason))
    }

    public func terminateAllSessionsByUser(
        _ user: UserID, except kept: SessionID?, by actor: String?, reason: String?,
        operationID: OperationID, durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<Int> {
        try durability.validate()
        return Confirmed(
            try await terminateAllSessionsByUser(
                user, except: kept, by: actor, reason: reason, operationID: operationID))
    }

    public func invalidateRefreshTokenChain(
        _ id: SessionID, reason: String?, durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<InvalidationOutcome> {
        try durability.validate()
        return Confirmed(try await invalidateRefreshTokenChain(id, reason: reason))
    }

    public func revokeSupportAccessGrant(
        _ id: SupportAccessGrantID, by actor: String?, durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<RevocationOutcome> {
        try durability.validate()
        return Confirmed(try await revokeSupportAccessGrant(id, by: actor))
    }
}

extension SessionRepository {
    /// Ends the session for ever, whoever owns it.
    public func terminateSession(
        _ id: SessionID, by actor: String? = nil, reason: String? = nil, durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<TerminationOutcome> {
        try await terminateSession(id, ownedBy: nil, by: actor, reason: reason, durability: durability)
    }

    /// Ends all sessions of the user, or all but one.
    public func terminateAllSessionsByUser(
        _ user: UserID, except kept: SessionID? = nil, by actor: String? = nil, reason: String? = nil,
        durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<Int> {
        try await terminateAllSessionsByUser(
            user, except: kept, by: actor, reason: reason, operationID: OperationID(), durability: durability)
    }

    /// Makes every refresh token descended from this session's login useless.
    public func invalidateRefreshTokenChain(
        _ id: SessionID, durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<InvalidationOutcome> {
        try await invalidateRefreshTokenChain(id, reason: nil, durability: durability)
    }

    /// Ends the grant at once, and with it every session opened under it.
    public func revokeSupportAccessGrant(
        _ id: SupportAccessGrantID, durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<RevocationOutcome> {
        try await revokeSupportAccessGrant(id, by: nil, durability: durability)
    }
}
