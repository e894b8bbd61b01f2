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

    /// Ends exactly these sessions; sessions of later logins stay.
    /// - Parameters:
    ///   - epoch: the number of the epoch that it raised.
    ///   - ended: the random parts of those that it ended.
    func bulkTermination(
        of user: UserID, by actor: String, reason: String, operationID: OperationID, epoch: Int64, ended: [String]
    ) -> ScriptCall {
        let tag = HashTag(owner: user.text)
        return ScriptCall(
            Scripts.repeatBulkTermination,
            keys: [keys.userIndex(user), keys.account(user), keys.operation(operationID, of: user)],
            arguments: [
                operationID.description, actor, reason, String(policy.terminatedRetention.wholeMilliseconds),
                String(InputLimits.longestLifetime.wholeMilliseconds), keys.sessionStem(tag), keys.chainStem(tag),
                String(operationMemory), String(epoch),
            ] + ended)
    }

    /// For how long a bulk termination is known again, in milliseconds: a day, or longer where its sessions' records are
    /// kept longer.
    var operationMemory: Int64 { max(policy.terminatedRetention.wholeMilliseconds, 86_400_000) }

    /// Of the sessions that are older than everyone's epoch where they lie.
    func terminationOfSuperseded(
        _ user: UserID, since fence: EveryoneFence, by actor: String, reason: String
    ) -> ScriptCall {
        let tag = HashTag(owner: user.text)
        let everyone = keys.everyone(beside: tag)
        return ScriptCall(
            Scripts.terminateSuperseded, keys: [keys.userIndex(user), everyone],
            arguments: [
                actor, reason, String(policy.terminatedRetention.wholeMilliseconds), keys.sessionStem(tag),
                keys.chainStem(tag),
            ] + fence.arguments(at: everyone))
    }

    func terminationOfSuperseded(
        _ id: SessionID, since fence: EveryoneFence, by actor: String, reason: String
    ) -> ScriptCall {
        let tag = id.value.tag
        let everyone = keys.everyone(beside: tag)
        return ScriptCall(
            Scripts.terminateSupersededSession, keys: [keys.session(id), keys.chain(id), everyone],
            arguments: [
                id.value.random.text, keys.userIndexStem(tag), actor, reason,
                String(policy.terminatedRetention.wholeMilliseconds),
            ] + fence.arguments(at: everyone))
    }
}
