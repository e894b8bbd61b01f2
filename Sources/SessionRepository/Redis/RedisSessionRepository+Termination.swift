import RedisClient

extension RedisSessionRepository {
    public func terminateSession(
        _ id: SessionID, ownedBy owner: UserID?, by actor: String?, reason: String?
    ) async throws(SessionRepositoryError) -> TerminationOutcome {
        try await run(
            Scripts.terminateSession,
            keys: [keys.session(id), keys.chain(id)],
            arguments: [
                id.value.random.text,
                keys.userIndexStem(id.value.tag),
                owner?.text ?? "",
                try InputLimits.actor(actor) ?? "",
                try InputLimits.reason(reason) ?? "",
                String(policy.terminatedRetention.wholeMilliseconds),
            ],
            answering: TerminationOutcome.self)
    }

    public func terminateAllSessionsByUser(
        _ user: UserID, except kept: SessionID?, by actor: String?, reason: String?, operationID: OperationID
    ) async throws(SessionRepositoryError) -> Int {
        let kept = try InputLimits.kept(kept, of: user)
        let tag = HashTag(owner: user.text)
        let count = try await run(
            Scripts.terminateAllSessions,
            keys: [keys.userIndex(user), keys.account(user)],
            arguments: [
                kept?.value.random.text ?? "",
                try InputLimits.actor(actor) ?? "",
                try InputLimits.reason(reason) ?? "",
                String(policy.terminatedRetention.wholeMilliseconds),
                operationID.description,
                String(InputLimits.longestLifetime.wholeMilliseconds),
                keys.sessionStem(tag),
                keys.chainStem(tag),
            ]
        ) { $0.integer }
        guard let count else { throw .unexpectedAnswer(about: keys.userIndex(user)) }
        return Int(count)
    }
}
