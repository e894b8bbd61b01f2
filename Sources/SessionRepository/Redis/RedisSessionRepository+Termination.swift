import RedisClient

extension RedisSessionRepository {
    func terminate(
        _ id: SessionID, ownedBy owner: UserID?, by actor: String?, reason: String?
    ) async throws(SessionRepositoryError) -> TerminationOutcome {
        let actor = try InputLimits.actor(actor) ?? ""
        let reason = try InputLimits.reason(reason) ?? ""
        let call = termination(of: id, owner: owner, by: actor, reason: reason, wasThere: false)
        defer { forget(.session(id)) }
        return try await run(call, answering: TerminationOutcome.self, changing: .session(id)) { [self] outcome in
            outcome == .unknown ? nil : termination(of: id, owner: owner, by: actor, reason: reason)
        }
    }

    func terminateAll(
        _ user: UserID, except kept: SessionID?, by actor: String?, reason: String?, operationID: OperationID
    ) async throws(SessionRepositoryError) -> Int {
        let kept = try InputLimits.kept(kept, of: user)
        let actor = try InputLimits.actor(actor) ?? ""
        let reason = try InputLimits.reason(reason) ?? ""
        let tag = HashTag(owner: user.text)
        defer { forget(.all(of: user)) }
        let answer = try await run(
            Scripts.terminateAllSessions,
            keys: [keys.userIndex(user), keys.account(user), keys.operation(operationID, of: user)],
            arguments: [
                kept?.value.random.text ?? "", actor, reason, String(policy.terminatedRetention.wholeMilliseconds),
                operationID.description, String(InputLimits.longestLifetime.wholeMilliseconds),
                keys.sessionStem(tag), keys.chainStem(tag), String(policy.lifetime.wholeMilliseconds),
                String(operationMemory),
            ],
            changing: .all(of: user),
            journaling: { [self] answer in
                guard let epoch = answer.epoch else { return nil }
                return bulkTermination(
                    of: user, by: actor, reason: reason, operationID: operationID, epoch: epoch, ended: answer.ended)
            }
        ) { (epoch: $0[0].integer, ended: $0.strings(from: 1)) }
        guard answer.epoch != nil else { throw .unexpectedAnswer(about: keys.userIndex(user)) }
        return answer.ended.count
    }
}
