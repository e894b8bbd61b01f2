import Foundation
import RedisClient

/// Grants by administrator, and many at once. An administrator's index may have grants that are over, or that name
/// another one since: each is looked at.
extension RedisSessionRepository {
    func list(grantedTo admin: UserID) async throws(SessionRepositoryError) -> [SupportAccessGrant] {
        let ids = try await grantIDs(of: admin)
        let found = await someAtOnce(ids) { id throws(SessionRepositoryError) in try await self.find(id) }
        var grants: [SupportAccessGrant] = []
        for result in found {
            if let grant = try result.get(), grant.grantedTo == admin { grants.append(grant) }
        }
        return grants.sorted(by: SupportAccessGrant.endsEarlier)
    }

    func revoke(
        _ scope: SupportAccessScope, by actor: String?
    ) async throws(SessionRepositoryError) -> Int {
        _ = try InputLimits.actor(actor)
        switch scope {
        case .organization(let organization):
            return try await revoke(try await grantIDs(of: organization), by: actor)
        case .administrator(let admin):
            return try await revoke(try await grantIDs(of: admin), by: actor, ifGrantedTo: admin)
        case .everyone:
            // By their records, not by the indexes: a damaged one hides no grant.
            var count = 0
            try await walk(keys.grantPattern) { page, _ throws(SessionRepositoryError) in
                count += try await revoke(page.compactMap(keys.grant(ofKey:)), by: actor)
            }
            return count
        }
    }

    private func revoke(
        _ ids: [SupportAccessGrantID], by actor: String?, ifGrantedTo admin: UserID? = nil
    ) async throws(SessionRepositoryError) -> Int {
        let results = await someAtOnce(ids) { id throws(SessionRepositoryError) in
            try await self.revoke(id, by: actor, ifGrantedTo: admin)
        }
        var count = 0
        for result in results {
            if try result.get() == .revoked { count += 1 }
        }
        return count
    }

    private func grantIDs(of organization: OrganizationID) async throws(SessionRepositoryError)
        -> [SupportAccessGrantID]
    {
        let tag = HashTag(owner: organization.text)
        return try await members(of: keys.organizationIndex(organization)).compactMap { text in
            RandomPart(base64URL: text).map { SupportAccessGrantID(TaggedIdentifier(tag: tag, random: $0)) }
        }
    }

    private func grantIDs(of admin: UserID) async throws(SessionRepositoryError) -> [SupportAccessGrantID] {
        try await members(of: keys.adminIndex(admin)).compactMap { TaggedIdentifier($0).map(SupportAccessGrantID.init) }
    }

    private func members(of index: String) async throws(SessionRepositoryError) -> [String] {
        try await run(Scripts.listGrantIDs, keys: [index], arguments: []) { reply throws(ReplyProblem) in
            guard reply.count != nil else { throw .misplaced("the answer is not a list of grants") }
            return reply.strings(from: 0)
        }
    }
}

extension SupportAccessGrant {
    /// As an index has them.
    package static func endsEarlier(_ left: SupportAccessGrant, _ right: SupportAccessGrant) -> Bool {
        guard left.expiresAt == right.expiresAt else { return left.expiresAt < right.expiresAt }
        return left.id.description.utf8.lexicographicallyPrecedes(right.id.description.utf8)
    }
}
