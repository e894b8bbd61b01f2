import RedisClient

extension RedisSessionRepository {
    /// - Parameter admin: whom the grant must name; `nil` for any.
    func revoke(
        _ id: SupportAccessGrantID, by actor: String?, ifGrantedTo admin: UserID? = nil
    ) async throws(SessionRepositoryError) -> RevocationOutcome {
        let actor = try InputLimits.actor(actor) ?? ""
        let answer = try await run(
            revocation(of: id, by: actor, ifGrantedTo: admin),
            journaling: { [self] answer in
                // Another one's grant stays, also where it is given to this administrator later.
                admin == nil || answer.word == RevocationOutcome.revoked.rawValue ? revocation(of: id, by: actor) : nil
            }
        ) { reply in
            (
                word: reply[0].string, actor: reply[1].string, organization: reply[2].string,
                admin: reply[3].string, sessions: reply.strings(from: 4)
            )
        }
        guard let word = answer.word, let outcome = RevocationOutcome(rawValue: word) else {
            throw .unexpectedAnswer(about: keys.grant(id))
        }
        if outcome == .revoked, let admin = answer.admin, !admin.isEmpty {
            await leaveIndex(of: UserID(stored: admin), id)
        }
        // Who revoked it first is who ended its sessions, whoever marks them.
        let revoker = answer.actor.flatMap { $0.isEmpty ? nil : $0 }
        guard await mark(answer.sessions, endedWith: id, by: revoker), !answer.sessions.isEmpty else { return outcome }
        if let text = answer.organization, let organization = try? OrganizationID(text) {
            _ = try? await deleteExpired(of: organization)
        }
        return outcome
    }

    /// A revoked ID never comes back: its entry can go. What fails here goes with its time.
    private func leaveIndex(of admin: UserID, _ id: SupportAccessGrantID) async {
        let key = keys.adminIndex(admin)
        try? await execute(RedisCommand("ZREM", key, id.description), key: key) { _ in }
    }

    func sweepGrants(
        of organization: OrganizationID?
    ) async throws(SessionRepositoryError) -> Int {
        if let organization { return try await sweep(organization) }
        var removed = 0
        var firstCorrupt: SessionRepositoryError?
        try await walk(keys.organizationIndexPattern) { page, _ throws(SessionRepositoryError) in
            for key in page {
                guard let organization = keys.organization(ofIndex: key) else { continue }
                do throws(SessionRepositoryError) {
                    removed += try await sweep(organization)
                    try await enterAdministrators(of: organization)
                } catch .corruptRecord(let key, let problem) {
                    // One bad index must not keep the others from being swept.
                    firstCorrupt = firstCorrupt ?? .corruptRecord(key: key, problem: problem)
                }
            }
        }
        if let firstCorrupt { throw firstCorrupt }
        return removed
    }

    /// Finishes revocations whose process died before it had marked every session, then removes what is left over.
    private func sweep(_ organization: OrganizationID) async throws(SessionRepositoryError) -> Int {
        let found = try await deleteExpired(of: organization)
        guard !found.revoked.isEmpty else { return found.removed }
        for grant in found.revoked { _ = try await revoke(grant, by: nil) }
        return try await found.removed + deleteExpired(of: organization).removed
    }

    /// An administrator's index is in another slot than the grants: a failover may have lost what it had.
    private func enterAdministrators(of organization: OrganizationID) async throws(SessionRepositoryError) {
        let grants: [SupportAccessGrant]
        do throws(SessionRepositoryError) {
            grants = try await list(organization)
        } catch .corruptRecord {
            return
        } catch {
            throw error
        }
        for grant in grants {
            guard let admin = grant.grantedTo, let end = grant.expiresAt.unixMilliseconds else { continue }
            try await enter(grant.id, ending: .at(end), with: admin)
        }
    }

    private func deleteExpired(
        of organization: OrganizationID
    ) async throws(SessionRepositoryError) -> (removed: Int, revoked: [SupportAccessGrantID]) {
        let tag = HashTag(owner: organization.text)
        let index = keys.organizationIndex(organization)
        let answer = try await run(
            Scripts.deleteExpiredGrants, keys: [index],
            arguments: [keys.grantStem(tag), keys.grantSessionsStem(tag)]
        ) { (removed: $0[0].integer, revoked: $0.strings(from: 1)) }
        guard let removed = answer.removed, (0...Int64(UInt32.max)).contains(removed) else {
            throw .unexpectedAnswer(about: index)
        }
        let revoked = answer.revoked.compactMap { RandomPart(base64URL: $0) }
        return (Int(removed), revoked.map { SupportAccessGrantID(TaggedIdentifier(tag: tag, random: $0)) })
    }
}
