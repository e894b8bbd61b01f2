import RedisClient

/// The writes by which a revocation is applied again at a server that may have lost it. Each may come at any later time:
/// it takes away what the revocation took away, and nothing that came after it.
extension RedisSessionRepository {
    /// - Parameter wasThere: whether the session is known to have been there, so that a server without it has lost it.
    func termination(
        of id: SessionID, owner: UserID?, by actor: String, reason: String, wasThere: Bool = true
    ) -> ScriptCall {
        ScriptCall(
            Scripts.terminateSession,
            keys: [keys.session(id), keys.chain(id)],
            arguments: [
                id.value.random.text, keys.userIndexStem(id.value.tag), owner?.text ?? "", actor, reason,
                String(policy.terminatedRetention.wholeMilliseconds),
                wasThere ? String(InputLimits.longestLifetime.wholeMilliseconds) : "",
            ])
    }

    func invalidation(of id: SessionID, reason: String) -> ScriptCall {
        ScriptCall(
            Scripts.invalidateChain,
            keys: [keys.chain(id), keys.session(id)],
            arguments: [
                reason, String(InputLimits.longestLifetime.wholeMilliseconds),
                String(policy.terminatedRetention.wholeMilliseconds),
            ])
    }

    /// - Parameter admin: whom the grant must name; `nil` for any.
    func revocation(
        of id: SupportAccessGrantID, by actor: String, ifGrantedTo admin: UserID? = nil
    ) -> ScriptCall {
        ScriptCall(
            Scripts.revokeGrant,
            keys: [keys.grant(id), keys.revokedGrant(id), keys.grantSessions(id)],
            arguments: [
                id.value.random.text, keys.organizationIndexStem(id.value.tag), actor,
                String(InputLimits.longestLifetime.wholeMilliseconds),
                String(policy.terminatedRetention.wholeMilliseconds), admin?.text ?? "",
            ])
    }

    /// - Parameter sessions: the random parts of those that made room, one at least.
    func eviction(of sessions: [String], of user: UserID) -> ScriptCall? {
        guard let first = sessions.first else { return nil }
        let tag = HashTag(owner: user.text)
        return ScriptCall(
            Scripts.repeatEvictions, keys: [keys.userIndex(user)],
            arguments: [
                first, Termination.sessionLimitReason, String(policy.terminatedRetention.wholeMilliseconds),
                String(InputLimits.longestLifetime.wholeMilliseconds), keys.sessionStem(tag), keys.chainStem(tag),
            ] + sessions.dropFirst())
    }

    /// What a saving took away, and those before it: time, or other administrators' access. Of several the last stands
    /// for all.
    /// - Parameters:
    ///   - saved: the record's `saved` after it.
    ///   - reassigned: when the grant was last given to another administrator, in the terms of `saved`.
    func saving(of grant: SupportAccessGrant, saved: Int64, reassigned: Int64?) -> ScriptCall {
        let id = grant.id
        return ScriptCall(
            Scripts.repeatGrantSaving,
            keys: [keys.grant(id), keys.organizationIndex(grant.organizationID), keys.grantSessions(id)],
            arguments: [
                id.value.random.text, String(saved), String(grant.expiresAt.unixMilliseconds ?? 0),
                reassigned.map(String.init) ?? "", grant.grantedTo?.text ?? "",
            ],
            reach: saved)
    }

    /// - Parameter end: Unix milliseconds.
    func shortening(of id: SessionID, under grant: SupportAccessGrantID, to end: Int64) -> ScriptCall {
        ScriptCall(
            Scripts.shortenSession, keys: [keys.session(id)],
            arguments: [id.value.random.text, keys.userIndexStem(id.value.tag), grant.description, String(end)],
            // The earliest end stands for all.
            reach: -end)
    }

    /// Of the sessions that had begun by `cutoff`: who has logged in since stays.
    /// - Parameter ended: the random parts of those that are known to have been there, so that a server without them has
    ///   lost them.
    func bulkTermination(
        of user: UserID, except kept: SessionID?, by actor: String, reason: String, operationID: OperationID,
        cutoff: Int64, count: Int64, ended: [String]
    ) -> ScriptCall {
        let tag = HashTag(owner: user.text)
        return ScriptCall(
            Scripts.repeatBulkTermination,
            keys: [keys.userIndex(user), keys.account(user)],
            arguments: [
                kept?.value.random.text ?? "", actor, reason, String(policy.terminatedRetention.wholeMilliseconds),
                operationID.description, String(InputLimits.longestLifetime.wholeMilliseconds),
                keys.sessionStem(tag), keys.chainStem(tag), String(cutoff), String(count),
            ] + ended,
            // One that is repeated, and perhaps late, takes nothing back of another one since.
            reach: cutoff)
    }

    func termination(of user: UserID, before cutoff: Int64, by actor: String, reason: String) -> ScriptCall {
        let tag = HashTag(owner: user.text)
        return ScriptCall(
            Scripts.terminateSessionsBefore, keys: [keys.userIndex(user)],
            arguments: [
                String(cutoff), actor, reason, String(policy.terminatedRetention.wholeMilliseconds),
                keys.sessionStem(tag), keys.chainStem(tag),
            ])
    }

    /// - Parameter notBefore: `nil` for the time of the server that runs it.
    func everyoneOut(_ operationID: OperationID, notBefore: Int64?) -> ScriptCall {
        ScriptCall(
            Scripts.beginEveryoneOut, keys: [keys.everyone],
            arguments: [
                operationID.description, String(InputLimits.longestLifetime.wholeMilliseconds),
                notBefore.map(String.init) ?? "",
            ])
    }
}
