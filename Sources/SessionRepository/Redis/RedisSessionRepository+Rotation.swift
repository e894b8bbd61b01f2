import RedisClient

extension RedisSessionRepository {
    public func sessionID(of token: RefreshToken) -> SessionID? {
        refreshTokenKeys?.verify(token)?.sessionID
    }

    func rotate(
        _ token: RefreshToken, ipAddress: String?
    ) async throws(SessionRepositoryError) -> RotationOutcome {
        guard let refreshTokenKeys else { throw .missingRefreshTokenKeys }
        guard let claims = refreshTokenKeys.verify(token) else { return .forged }
        let id = claims.sessionID
        let address = addresses.take(ipAddress) ?? ""
        defer { forget(.session(id)) }
        var answer = try await rotate(claims, ipAddress: address, grantInForce: "")
        if case .underGrant(let grant, let user) = answer {
            guard let grantID = TaggedIdentifier(grant).map(SupportAccessGrantID.init) else {
                throw .corruptRecord(key: keys.session(id), problem: "grant is not a grant ID")
            }
            // Access under a grant ends with the grant, whatever the session's own record says.
            guard try await isInForce(grantID, for: id, of: user) else { return .invalidated }
            answer = try await rotate(claims, ipAddress: address, grantInForce: grant)
        }
        switch answer {
        case .rotated(let generation, let user):
            return .rotated(refreshTokenKeys.issue(RefreshTokenClaims(sessionID: id, generation: generation)), id, user)
        case .repeated(let generation, let user):
            return .repeated(
                refreshTokenKeys.issue(RefreshTokenClaims(sessionID: id, generation: generation)), id, user)
        case .ended("reuse"): return .reuse(id)
        case .ended("invalidated"): return .invalidated
        case .ended("unknown"): return .unknown
        case .ended("forged"): return .forged
        case .ended, .underGrant, nil: throw .unexpectedAnswer(about: keys.session(id))
        }
    }

    private enum Answer: Sendable {
        case rotated(Int64, UserID)
        case repeated(Int64, UserID)
        case underGrant(String, UserID)
        case ended(String)
    }

    /// - Parameters:
    ///   - ipAddress: empty where it is not known.
    ///   - grantInForce: the ID of the grant that has been looked at; empty when none has.
    private func rotate(
        _ claims: RefreshTokenClaims, ipAddress: String, grantInForce: String
    ) async throws(SessionRepositoryError) -> Answer? {
        let id = claims.sessionID
        return try await run(
            Scripts.rotateRefreshToken,
            keys: [keys.session(id), keys.chain(id)],
            arguments: [
                id.value.random.text, keys.userIndexStem(id.value.tag), String(claims.generation),
                String(policy.reuseInterval.wholeMilliseconds),
                String(policy.terminatedRetention.wholeMilliseconds), Termination.refreshTokenReuseReason, grantInForce,
                ipAddress, policy.reuse.rawValue,
            ],
            // Sent again after the interval, a rotation that did happen would look like reuse.
            isIdempotent: policy.reuseInterval > commandTimeout,
            changing: .session(id),
            journaling: { [self] answer in
                switch answer {
                case .ended("reuse"):
                    return termination(of: id, owner: nil, by: "", reason: Termination.refreshTokenReuseReason)
                // Perhaps by this very rotation, whose answer was lost.
                case .ended("invalidated"): return invalidation(of: id, reason: "")
                default: return nil
                }
            }
        ) { reply -> Answer? in
            switch (reply[0].string, reply[1].decimal, reply[1].string, reply[2].string) {
            case ("rotated", let generation?, _, let user?): .rotated(generation, UserID(stored: user))
            case ("repeated", let generation?, _, let user?): .repeated(generation, UserID(stored: user))
            case ("underGrant", _, let grant?, let user?): .underGrant(grant, UserID(stored: user))
            case (let word?, _, _, _): .ended(word)
            default: nil
            }
        }
    }

    /// Where a session's chain stands: for a creation that is repeated after its first token may have been used.
    func generation(of id: SessionID) async throws(SessionRepositoryError) -> Int64 {
        let key = keys.session(id)
        let found = try await execute(RedisCommand("HGET", key, "generation").sealed, key: key) {
            reply throws(ReplyProblem) in
            try reply.isMissingValue("HGET") ? 0 : reply.decimal
        }
        guard let found else { throw .corruptRecord(key: key, problem: "generation is not a number") }
        return found
    }
}
