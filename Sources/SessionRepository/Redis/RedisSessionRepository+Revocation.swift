import Logging
import RedisClient

extension RedisSessionRepository {
    public func revokeSupportAccessGrant(
        _ id: SupportAccessGrantID, by actor: String?
    ) async throws(SessionRepositoryError) -> RevocationOutcome {
        let actor = try InputLimits.actor(actor)
        let answer = try await run(
            Scripts.revokeGrant,
            keys: [keys.grant(id), keys.revokedGrant(id), keys.grantSessions(id)],
            arguments: [
                id.value.random.text, keys.organizationIndexStem(id.value.tag), actor ?? "",
                String(InputLimits.longestLifetime.wholeMilliseconds),
                String(policy.terminatedRetention.wholeMilliseconds),
            ]
        ) { reply in
            (word: reply[0].string, sessions: (1..<max(reply.count ?? 0, 1)).compactMap { reply[$0].string })
        }
        guard let word = answer.word, let outcome = RevocationOutcome(rawValue: word) else {
            throw .unexpectedAnswer(about: keys.grant(id))
        }
        await mark(answer.sessions, endedWith: id, by: actor)
        return outcome
    }

    /// Marks the sessions of a grant that is gone. Access was cut when the grant's key went: what fails here is only
    /// not yet marked, stays registered with the grant, and is marked when the revocation is repeated.
    private func mark(_ sessions: [String], endedWith grant: SupportAccessGrantID, by actor: String?) async {
        for text in sessions {
            do throws(SessionRepositoryError) {
                if let session = TaggedIdentifier(text).map(SessionID.init) {
                    _ = try await terminateSession(
                        session, ownedBy: nil, by: actor, reason: Termination.supportAccessRevokedReason)
                }
                let key = keys.grantSessions(grant)
                try await execute(RedisCommand("SREM", key, text), key: key) { _ in }
            } catch {
                logger.warning(
                    "sessions of a revoked grant are not all marked yet",
                    metadata: ["grant.id": "\(grant)", "error": "\(error.code)"])
                return
            }
        }
    }

    public func deleteExpiredSupportAccessGrants(
        of organization: OrganizationID?
    ) async throws(SessionRepositoryError) -> Int {
        if let organization { return try await deleteExpired(of: organization) }
        var removed = 0
        var firstCorrupt: SessionRepositoryError?
        var cursor = "0"
        repeat {
            let page = try await scan(from: cursor, matching: keys.organizationIndexPattern)
            for key in page.keys {
                guard let organization = keys.organization(ofIndex: key) else { continue }
                do throws(SessionRepositoryError) {
                    removed += try await deleteExpired(of: organization)
                } catch .corruptRecord(let key, let problem) {
                    // One bad index must not keep the others from being swept.
                    firstCorrupt = firstCorrupt ?? .corruptRecord(key: key, problem: problem)
                }
            }
            cursor = page.cursor
        } while cursor != "0"
        if let firstCorrupt { throw firstCorrupt }
        return removed
    }

    private func deleteExpired(of organization: OrganizationID) async throws(SessionRepositoryError) -> Int {
        let index = keys.organizationIndex(organization)
        let stem = keys.grantStem(HashTag(owner: organization.text))
        let removed = try await run(Scripts.deleteExpiredGrants, keys: [index], arguments: [stem]) { $0.integer }
        guard let removed, (0...Int64(UInt32.max)).contains(removed) else { throw .unexpectedAnswer(about: index) }
        return Int(removed)
    }

    /// One step of a walk through the key space. For maintenance only, never on a request's path.
    private func scan(
        from cursor: String, matching pattern: String
    ) async throws(SessionRepositoryError) -> (cursor: String, keys: [String]) {
        let command = RedisCommand("SCAN", cursor, "MATCH", pattern, "COUNT", "1000")
        let page = try await execute(command, key: pattern) { reply -> (cursor: String, keys: [String])? in
            guard let cursor = reply[0].string, let count = reply[1].count else { return nil }
            return (cursor, (0..<count).compactMap { reply[1][$0].string })
        }
        guard let page else { throw .unexpectedAnswer(about: pattern) }
        return page
    }
}
