import Foundation
import RedisClient
import Testing

@testable import SessionRepository

/// What a retry that was under way for too long must not do. The script is run as the client would send it again.
@Suite("Delayed duplicates")
struct DelayedDuplicateTests {
    @Test("A grant that was shortened is not extended by a late duplicate of its first saving")
    func shortened() async throws {
        try await withStore { store in
            let long = try await store.grant(for: .seconds(7200))
            let first = try #require(try await store.hash(store.keys.grant(long.id))["operations"])
            let operation = try #require(first.split(separator: "=").first.map(String.init))
            let short = try await store.grant(for: .seconds(60), id: long.id)
            let reply = try await store.save(long, again: operation)
            #expect(reply.first == .string("saved"))
            #expect(try await store.repository.findSupportAccessGrant(long.id) == short)
            #expect(try await store.expiry(of: store.keys.grant(long.id)) == short.expiresAt.unixMilliseconds)
        }
    }

    @Test("Each of nine bulk terminations is known by its ID")
    func bulk() async throws {
        try await withStore { store in
            let user = try store.user()
            var operations: [(id: OperationID, count: Int)] = []
            for count in 1...9 {
                try await store.create(count, for: user)
                let id = OperationID()
                #expect(try await store.terminateAll(user, id) == count)
                operations.append((id, count))
            }
            let session = try await store.create(for: user)
            for operation in operations {
                #expect(try await store.terminateAll(user, operation.id) == operation.count)
            }
            #expect(try await store.repository.authorize(session.id) == .active(session))
        }
    }
}

extension Store {
    fileprivate func terminateAll(_ user: UserID, _ operation: OperationID) async throws -> Int {
        try await repository.terminateAllSessionsByUser(
            user, except: nil, by: nil, reason: nil, operationID: operation)
    }

    fileprivate func save(_ grant: SupportAccessGrant, again operation: String) async throws -> [RedisValue] {
        let (id, space) = (grant.id, keys)
        let keys = [
            keys.grant(id), keys.revokedGrant(id), keys.grantSessions(id),
        ]
        let arguments = [
            id.value.random.text, space.organizationIndexStem(id.value.tag), grant.organizationID.text, grant.grantedBy,
            "any", "", "", "keep", "", "after", "7200000", "86400000", operation, "1000", "",
        ]
        let call = ScriptCall(Scripts.saveGrant, keys: keys, arguments: arguments)
        return try await redis.run(call) { RedisValue($0) }.array
    }
}
