import RedisClient

extension RedisSessionRepository {
    /// What became of the revocations that this repository made.
    public var revocationJournalStatus: RevocationJournalStatus {
        let status = client.journal?.status ?? WriteJournal.Status()
        return RevocationJournalStatus(
            pending: status.pending, confirmed: status.confirmed, replayed: status.replayed, dropped: status.dropped,
            heldBack: client.heldWrites.count, bytes: status.bytes)
    }

    public func terminateSession(
        _ id: SessionID, ownedBy owner: UserID?, by actor: String?, reason: String?, durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<TerminationOutcome> {
        try await confirming(.terminateSession, outcome: \.rawValue, durability, key: keys.session(id)) {
            () throws(SessionRepositoryError) in
            try await terminate(id, ownedBy: owner, by: actor, reason: reason)
        }
    }

    public func terminateAllSessionsByUser(
        _ user: UserID, except kept: SessionID?, by actor: String?, reason: String?, operationID: OperationID,
        durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<Int> {
        try await confirming(
            .terminateAllSessionsByUser, durability, key: keys.userIndex(user)
        ) { () throws(SessionRepositoryError) in
            try await terminateAll(user, except: kept, by: actor, reason: reason, operationID: operationID)
        }
    }

    public func invalidateRefreshTokenChain(
        _ id: SessionID, reason: String?, durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<InvalidationOutcome> {
        try await confirming(
            .invalidateRefreshTokenChain, outcome: \.rawValue, durability, key: keys.chain(id)
        ) { () throws(SessionRepositoryError) in
            try await invalidateChain(id, reason: reason)
        }
    }

    /// The durability is that of the grant's end, which cuts all access under it; its sessions are marked besides.
    public func revokeSupportAccessGrant(
        _ id: SupportAccessGrantID, by actor: String?, durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<RevocationOutcome> {
        try await confirming(
            .revokeSupportAccessGrant, outcome: \.rawValue, durability, key: keys.grant(id)
        ) { () throws(SessionRepositoryError) in
            try await revoke(id, by: actor)
        }
    }

    private func confirming<Outcome: Sendable>(
        _ operation: RepositoryOperation, outcome word: (Outcome) -> String = { _ in OutcomeWord.done },
        _ durability: Durability, key: String,
        _ revoke: () async throws(SessionRepositoryError) -> Outcome
    ) async throws(SessionRepositoryError) -> Confirmed<Outcome> {
        try await observed(operation, outcome: { word($0.outcome) }) { () throws(SessionRepositoryError) in
            try await confirmed(durability, key: key, revoke)
        }
    }

    private func confirmed<Outcome: Sendable>(
        _ durability: Durability, key: String,
        _ revoke: () async throws(SessionRepositoryError) -> Outcome
    ) async throws(SessionRepositoryError) -> Confirmed<Outcome> {
        try durability.validate()
        guard case .replicated(let count, let timeout) = durability else { return Confirmed(try await revoke()) }
        let point: ReplicationPoint?
        do {
            point = try await client.replicationPoint(of: HashSlot(key: key))
        } catch {
            throw SessionRepositoryError(error, key: key)
        }
        let outcome = try await revoke()
        let replicas = await client.replicasReached(since: point, of: count, within: timeout, key: key)
        return Confirmed(outcome, replicas: replicas)
    }
}
