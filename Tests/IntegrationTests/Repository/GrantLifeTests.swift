import Foundation
import RedisClient
import Testing

@testable import SessionRepository

@Suite("What a grant's end leaves to be done, when the process that ended it died")
struct GrantLifeTests {
    /// What a revocation does to Redis before its process dies.
    private func revokeAndDie(_ grant: SupportAccessGrant, in store: Store) async throws {
        let keys = store.keys
        let call = ScriptCall(
            Scripts.revokeGrant,
            keys: [keys.grant(grant.id), keys.revokedGrant(grant.id), keys.grantSessions(grant.id)],
            arguments: [
                grant.id.value.random.text, keys.organizationIndexStem(grant.id.value.tag), "alice", "3600000", "60000",
                "",
            ])
        _ = try await store.redis.run(call) { RedisValue($0) }
    }

    @Test("The sweep marks the sessions, by whom revoked it, and then forgets the grant")
    func sweep() async throws {
        try await withStore { store in
            let grant = try await store.grant()
            let session = try await store.supportSession(of: try store.user("admin"), under: grant.id)
            try await revokeAndDie(grant, in: store)
            #expect(try await store.repository.authorize(session.id) == .supportAccessEnded)
            // Nothing that lists grants forgets what is still to be done.
            #expect(try await store.repository.listSupportAccessGrants(grant.organizationID).isEmpty)
            #expect(try await store.repository.deleteExpiredSupportAccessGrants() >= 1)
            let termination = try #require(try await store.repository.authorize(session.id).termination)
            #expect(termination.by == "alice")
            #expect(termination.reason == Termination.supportAccessRevokedReason)
            #expect(try await !store.exists(store.keys.organizationIndex(grant.organizationID)))
            #expect(try await !store.exists(store.keys.grantSessions(grant.id)))
        }
    }

    @Test("A repeated revocation marks them too, by whom revoked it first")
    func repeated() async throws {
        try await withStore { store in
            let grant = try await store.grant()
            let session = try await store.supportSession(of: try store.user("admin"), under: grant.id)
            try await revokeAndDie(grant, in: store)
            #expect(try await store.repository.revokeSupportAccessGrant(grant.id, by: "bob") == .unknown)
            #expect(try await store.repository.authorize(session.id).termination?.by == "alice")
            _ = try await store.repository.deleteExpiredSupportAccessGrants(of: grant.organizationID)
        }
    }

    @Test("A shortened grant takes its sessions' ends with it, key, index and record")
    func shortened() async throws {
        try await withStore { store in
            let admin = try store.user("admin")
            let grant = try await store.grant(for: .seconds(3600))
            let session = try await store.supportSession(of: admin, under: grant.id)
            let shorter = try await store.grant(for: .seconds(600), id: grant.id)
            let end = try #require(shorter.expiresAt.unixMilliseconds)
            #expect(try await store.repository.findSession(session.id)?.expiresAt == shorter.expiresAt)
            #expect(try await store.expiry(of: store.keys.session(session.id)) == end)
            let index = store.keys.userIndex(admin)
            #expect(try await store.score(of: session.id.value.random.text, in: index) == end)
            // A longer grant makes no session longer: it was opened for the shorter one.
            _ = try await store.grant(for: .seconds(7200), id: grant.id)
            #expect(try await store.repository.findSession(session.id)?.expiresAt == shorter.expiresAt)
        }
    }

    @Test("Of a grant that is gone by the time its sessions are shortened, none is left behind")
    func shortenedToNothing() async throws {
        try await withStore { store in
            let admin = try store.user("admin")
            let grant = try await store.grant(for: .seconds(3600))
            let session = try await store.supportSession(of: admin, under: grant.id)
            let past = try await store.now() - 1
            let key = store.keys.session(session.id)
            let call = ScriptCall(
                Scripts.shortenSession, keys: [key],
                arguments: [
                    session.id.value.random.text, store.keys.userIndexStem(session.id.value.tag),
                    grant.id.description, String(past),
                ])
            let answer = try await store.redis.run(call) { RedisValue($0) }
            #expect(answer == .array([.string("shortened"), .integer(past)]))
            #expect(try await !store.exists(key))
            #expect(try await store.members(of: store.keys.userIndex(admin)).isEmpty)
        }
    }
}
