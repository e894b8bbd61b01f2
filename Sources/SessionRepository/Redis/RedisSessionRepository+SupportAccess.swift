import Foundation
import RedisClient

extension RedisSessionRepository {
    func save(
        _ new: NewSupportAccessGrant
    ) async throws(SessionRepositoryError) -> SupportAccessGrant {
        let input = try SupportAccessGrantInput(new)
        let (expiryWord, expiry) =
            switch input.expiry {
            case .at(let time): ("at", time)
            case .after(let duration): ("after", duration)
            }
        let key = keys.grant(new.id)
        let answer = try await run(
            Scripts.saveGrant,
            keys: [
                key, keys.organizationIndex(new.organizationID), keys.revokedGrant(new.id),
                keys.grantSessions(new.id),
            ],
            arguments: [
                new.id.value.random.text, new.organizationID.text, input.grantedBy, new.grantedTo?.text ?? "",
                input.reason ?? "", expiryWord, String(expiry),
                String(policy.maximumGrantDuration.wholeMilliseconds), OperationID().description,
                String(InputLimits.grantsPerOrganization),
            ],
            journaling: { [self] answer in
                guard let expires = answer.expires, let saved = answer.saved else { return nil }
                return grantSaving(
                    of: new.id, organization: new.organizationID, grantedTo: new.grantedTo, expires: expires,
                    saved: saved)
            }
        ) { reply in
            (
                word: reply[0].string, created: reply[1].decimal, expires: reply[2].decimal, saved: reply[3].decimal,
                sessions: reply.strings(from: 4)
            )
        }
        switch (answer.word, answer.created, answer.expires) {
        case ("saved", let created?, let expires?):
            await shorten(answer.sessions, under: new.id, to: expires)
            return input.grant(createdAt: created, expiresAt: expires)
        case ("revoked", _, _):
            throw .supportAccessEnded(new.id)
        case ("taken", _, _):
            throw .identifierTaken("\(new.id)")
        case ("limit", _, _):
            throw .supportAccessLimitReached(limit: InputLimits.grantsPerOrganization)
        case ("past", _, _):
            throw .invalidInput(field: "expiry", problem: "it is in the past")
        default:
            throw .unexpectedAnswer(about: key)
        }
    }

    func find(
        _ id: SupportAccessGrantID
    ) async throws(SessionRepositoryError) -> SupportAccessGrant? {
        let key = keys.grant(id)
        return try await lookUp(RedisCommand("HGETALL", key), key: key) { reply throws(ReplyProblem) in
            try GrantRecord(reply).decode(id)
        }
    }

    func list(
        _ organization: OrganizationID
    ) async throws(SessionRepositoryError) -> [SupportAccessGrant] {
        let tag = HashTag(owner: organization.text)
        let index = keys.organizationIndex(organization)
        let stem = keys.grantStem(tag)
        let list = try await run(
            Scripts.listGrants, keys: [index], arguments: [stem, keys.grantSessionsStem(tag)]
        ) { reply throws(ReplyProblem) in
            try Self.decodeList(reply, tag: tag, index: index, stem: stem)
        }
        return try list.get()
    }

    private static func decodeList(
        _ reply: borrowing RedisReply, tag: HashTag, index: String, stem: String
    ) throws(ReplyProblem) -> Result<[SupportAccessGrant], SessionRepositoryError> {
        guard let count = reply.count, count.isMultiple(of: 2) else {
            throw .misplaced("the answer is not a list of grants")
        }
        var grants: [SupportAccessGrant] = []
        for position in stride(from: 0, to: count - 1, by: 2) {
            guard let text = reply[position].string, let random = RandomPart(base64URL: text) else {
                return .failure(.corruptRecord(key: index, problem: "a member is no part of a grant ID"))
            }
            let id = SupportAccessGrantID(TaggedIdentifier(tag: tag, random: random))
            do throws(ReplyProblem) {
                switch try GrantRecord(reply[position + 1]).decode(id) {
                case .success(let grant?): grants.append(grant)
                case .success(nil): continue
                case .failure(let problem):
                    return .failure(.corruptRecord(key: stem + text, problem: problem.text))
                }
            } catch .foreign(let problem) {
                // The answer is proved: it is the record that is wrong.
                return .failure(.corruptRecord(key: stem + text, problem: problem))
            }
        }
        return .success(grants)
    }
}
