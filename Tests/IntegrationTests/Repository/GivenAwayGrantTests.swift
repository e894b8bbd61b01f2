import Foundation
import RedisClient
import Testing

@testable import SessionRepository

@Suite("A grant that is given to another administrator")
struct GivenAwayGrantTests {
    /// Gives a grant away as a process does that dies before it has marked the sessions.
    private func giveAway(_ grant: SupportAccessGrant, to admin: UserID, in store: Store) async throws {
        let (id, keys) = (grant.id, store.keys)
        let call = ScriptCall(
            Scripts.saveGrant, keys: [keys.grant(id), keys.revokedGrant(id), keys.grantSessions(id)],
            arguments: [
                id.value.random.text, keys.organizationIndexStem(id.value.tag), grant.organizationID.text, "alice",
                "admin", admin.text, HashTag(owner: admin.text).text, "keep", "", "at",
                String(grant.expiresAt.unixMilliseconds ?? 0), "86400000", OperationID().description, "1000",
                admin.text,
            ])
        let reply = try await store.redis.run(call) { RedisValue($0) }.array
        #expect(reply.first == .string("saved"))
    }

    @Test("has ended the former one's sessions before any is marked, and until they are marked stays so")
    func interrupted() async throws {
        try await withStore { store in
            let (anna, bert) = (try store.user("anna"), try store.user("bert"))
            let grant = try await store.grant(to: anna)
            let new = NewSession(userID: anna, ticket: .none, grantID: grant.id)
            _ = try await store.repository.createSession(new)
            try await giveAway(grant, to: bert, in: store)
            let sessions = store.keys.grantSessions(grant.id)
            #expect(try await store.redis.send("SMEMBERS", sessions).strings == ["-\(new.id)"])
            #expect(try await store.expiry(of: sessions) == grant.expiresAt.unixMilliseconds)
            #expect(try await store.repository.authorize(new.id) == .supportAccessEnded)
            try await giveAway(grant, to: anna, in: store)
            #expect(try await store.repository.authorize(new.id) == .supportAccessEnded)
            // Its creation, repeated late, does not enter it again.
            await #expect(throws: SessionRepositoryError.supportAccessEnded(grant.id)) {
                try await store.repository.createSession(new)
            }
            await #expect(throws: SessionRepositoryError.supportAccessEnded(grant.id)) {
                try await store.repository.renewSession(new.id, ticket: .none)
            }
            #expect(try await store.repository.authorize(new.id) == .supportAccessEnded)
            // The next change marks it.
            _ = try await store.repository.extendSupportAccessGrant(grant.id, until: .after(.seconds(60)))
            #expect(try await store.repository.authorize(new.id).termination != nil)
            #expect(try await !store.exists(sessions))
        }
    }

    @Test("Its revocation marks those too that the change of administrator left")
    func revoked() async throws {
        try await withStore { store in
            let (anna, bert) = (try store.user("anna"), try store.user("bert"))
            let grant = try await store.grant(to: anna)
            let session = try await store.supportSession(of: anna, under: grant.id)
            try await giveAway(grant, to: bert, in: store)
            #expect(try await store.repository.revokeSupportAccessGrant(grant.id, by: "root") == .revoked)
            #expect(try await store.repository.authorize(session.id).termination?.by == "root")
            #expect(try await !store.exists(store.keys.grantSessions(grant.id)))
        }
    }

    @Test("Of sessions that are opened while it changes hands twice, those of before stay ended")
    func race() async throws {
        try await withStore { store in
            let (anna, bert) = (try store.user("anna"), try store.user("bert"))
            let grant = try await store.grant(to: anna)
            let news = (0..<12).map { _ in NewSession(userID: anna, ticket: .none, grantID: grant.id) }
            _ = try await inParallel(13) { number in
                if number == 6 {
                    try await store.grant(to: bert, id: grant.id)
                } else {
                    _ = try? await store.repository.createSession(news[number < 6 ? number : number - 1])
                }
            }
            for new in news { #expect(try await store.repository.authorize(new.id).session == nil) }
            try await store.grant(to: anna, id: grant.id)
            for new in news { #expect(try await store.repository.authorize(new.id).session == nil) }
        }
    }

    @Test("An older policy's grant keeps its end, also where the policy has become stricter")
    func stricter() async throws {
        try await withStore { store in
            let grant = try await store.grant(for: .seconds(7200))
            var strict = RedisSessionRepositoryConfiguration(server: store.server)
            strict.keyPrefix = store.prefix
            strict.commandTimeout = .seconds(20)
            strict.connectTimeout = .seconds(20)
            strict.policy.maximumGrantDuration = .seconds(60)
            let other = try RedisSessionRepository(configuration: strict, logger: .quiet)
            var change = NewSupportAccessGrant(
                organizationID: grant.organizationID, grantedBy: "alice", expiry: .after(.seconds(86_400)),
                id: grant.id, reason: "ticket 8")
            #expect(try await other.saveSupportAccessGrant(change).expiresAt == grant.expiresAt)
            change.expiry = .after(.seconds(600))
            #expect(try await other.saveSupportAccessGrant(change).expiresAt < grant.expiresAt)
            await other.shutdown()
        }
    }
}
