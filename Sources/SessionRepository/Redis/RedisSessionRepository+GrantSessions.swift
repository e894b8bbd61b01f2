import Logging
import RedisClient

/// The sessions under a support-access grant. They lie in other cluster slots than the grant, so that what concerns them
/// all is done one by one; what is not done yet when a process dies makes no difference to access.
extension RedisSessionRepository {
    private enum Standing: String {
        case inForce, ended
    }

    /// Whether a session may go on under its grant.
    func isInForce(
        _ grant: SupportAccessGrantID, for session: SessionID, of user: UserID
    ) async throws(SessionRepositoryError) -> Bool {
        let standing = try await run(
            ScriptCall(
                Scripts.checkGrantSession, keys: [keys.grant(grant), keys.grantSessions(grant)],
                arguments: [session.description, user.text, grant.value.random.text]),
            answering: Standing.self)
        return standing == .inForce
    }

    /// Enters a session with its grant before it is created.
    /// - Returns: when the grant expires, in Unix milliseconds.
    func register(
        _ session: SessionID, of user: UserID, under grant: SupportAccessGrantID
    ) async throws(SessionRepositoryError) -> Int64 {
        let answer = try await run(
            Scripts.registerGrantSession,
            keys: [keys.grant(grant), keys.grantSessions(grant)],
            arguments: [session.description, user.text, grant.value.random.text]
        ) { (word: $0[0].string, expires: $0[1].decimal) }
        switch answer {
        case ("registered", let expires?): return expires
        case ("ended", _): throw .supportAccessEnded(grant)
        case ("notGranted", _): throw .supportAccessNotGranted(grant)
        default: throw .unexpectedAnswer(about: keys.grant(grant))
        }
    }

    /// Marks the sessions of a grant that is gone. Access was cut when the grant's key went: what fails here is only
    /// not yet marked, stays registered with the grant, and is marked when the revocation is repeated or by the sweep.
    /// - Returns: whether all are marked.
    func mark(_ sessions: [String], endedWith grant: SupportAccessGrantID, by actor: String?) async -> Bool {
        await all(sessions, of: grant) { text throws(SessionRepositoryError) in
            // With a dash before it, one that a change of administrator ended.
            if let session = TaggedIdentifier(text.drop { $0 == "-" }).map(SessionID.init) {
                _ = try await terminate(
                    session, ownedBy: nil, by: actor, reason: Termination.supportAccessRevokedReason)
            }
            let key = keys.grantSessions(grant)
            try await execute(RedisCommand("SREM", key, text), key: key) { _ in }
        }
    }

    /// Marks the sessions of administrators who have lost a grant. Access was cut when it was given away: what fails
    /// here is done when the grant is saved again or revoked.
    func mark(_ sessions: [String], endedByReassigning grant: SupportAccessGrantID, by actor: String?) async {
        _ = await all(sessions, of: grant) { text throws(SessionRepositoryError) in
            guard let session = TaggedIdentifier(text).map(SessionID.init) else { return }
            let outcome = try await terminate(
                session, ownedBy: nil, by: actor, reason: Termination.supportAccessRevokedReason)
            // One that is not there may be about to be created; the grant goes on refusing it.
            guard outcome != .unknown else { return }
            let key = keys.grantSessions(grant)
            try await execute(RedisCommand("SREM", key, "-" + text), key: key) { _ in }
        }
    }

    /// Brings the sessions of a shortened grant to its end. Their access ends with the grant whatever their records say:
    /// what fails here is done when the grant is saved again.
    func shorten(_ sessions: [String], under grant: SupportAccessGrantID, to end: Int64) async {
        _ = await all(sessions, of: grant) { text throws(SessionRepositoryError) in
            guard let session = TaggedIdentifier(text).map(SessionID.init) else { return }
            let call = shortening(of: session, under: grant, to: .at(end))
            // However many there are, they push no other revocation out of the journal.
            _ = try await run(call, lane: .sweep, changing: .session(session), journaling: { _ in call }) { _ in }
        }
    }

    private func all(
        _ sessions: [String], of grant: SupportAccessGrantID,
        _ change: (String) async throws(SessionRepositoryError) -> Void
    ) async -> Bool {
        var isComplete = true
        for session in sessions {
            do throws(SessionRepositoryError) {
                try await change(session)
            } catch {
                logger.warning(
                    "not all sessions of an ended or shortened grant are marked yet",
                    metadata: .keyed([.grant: "\(grant)", .errorType: "\(error.code)"]))
                isComplete = false
                // One bad record must not keep the others from being marked; a store that is away keeps them all.
                guard case .corruptRecord = error else { break }
            }
        }
        return isComplete
    }
}
