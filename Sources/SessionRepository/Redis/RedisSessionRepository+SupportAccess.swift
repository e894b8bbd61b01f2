import Foundation
import RedisClient

extension RedisSessionRepository {
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
