import Foundation
import RedisClient
import Testing

@testable import SessionRepository

@Suite("Epochs in Redis")
struct LoginOrderTests {
    @Test("A login begins without writing anything, and a refused one writes nothing either")
    func writesNothing() async throws {
        try await withStore { store in
            let user = try store.user()
            let before = try await store.snapshot()
            var new = store.session(for: user)
            new.ticket = try await store.repository.beginLogin(user)
            #expect(try await store.snapshot() == before)
            _ = try await store.repository.terminateAllSessionsByUser(user)
            let after = try await store.snapshot()
            await #expect(throws: SessionRepositoryError.loginSuperseded(by: .bulkTermination)) {
                try await store.repository.createSession(new)
            }
            #expect(try await store.snapshot() == after)
        }
    }

    @Test("An epoch is later than the one before, also when the clock that it came from was ahead")
    func monotone() async throws {
        try await withStore { store in
            let user = try store.user()
            let ahead = try await store.now() + 3_600_000
            try await store.redis.send("HSET", store.keys.account(user), "epoch", "\(ahead)-AAAAAAAA")
            let early = try await store.repository.beginLogin(user)
            _ = try await store.repository.terminateAllSessionsByUser(user)
            let epoch = try #require(try await store.hash(store.keys.account(user))["epoch"])
            #expect(epoch.hasPrefix("\(ahead + 1)-"))
            var new = store.session(for: user)
            new.ticket = early
            await #expect(throws: SessionRepositoryError.loginSuperseded(by: .bulkTermination)) {
                try await store.repository.createSession(new)
            }
            new.ticket = try await store.repository.beginLogin(user)
            _ = try await store.repository.createSession(new)
        }
    }

    @Test(
        "An epoch that is none is reported, and lets nobody in", arguments: ["", "17", "x-AAAAAAAA", "17-", "17-a b"])
    func garbled(_ epoch: String) async throws {
        try await withStore(checkingAfterwards: false) { store in
            let user = try store.user()
            let key = store.keys.account(user)
            try await store.redis.send("HSET", key, "epoch", epoch)
            let expected = SessionRepositoryError.corruptRecord(
                key: key, problem: "epoch is not a number and a nonce")
            await #expect(throws: expected) { try await store.repository.beginLogin(user) }
            await #expect(throws: expected) { try await store.repository.createSession(store.session(for: user)) }
            // Ending everything mends it.
            _ = try await store.repository.terminateAllSessionsByUser(user)
            _ = try await store.create(for: user)
        }
    }

    @Test(
        "Only who logged in after everyone's end carries its epoch, and a renewal without a login carries the old one")
    func everyonesEpoch() async throws {
        try await withStore { store in
            let user = try store.user()
            let old = try await store.create(for: user)
            #expect(try await store.hash(store.keys.session(old.id))["everyone"] == nil)
            let tag = HashTag(owner: user.text)
            let call = store.repository.raisingEveryone(
                store.keys.everyone(beside: tag), to: 17, by: OperationID(), isRepeated: false)
            _ = try await store.redis.run(call) { RedisValue($0) }
            let epoch = try await store.hash(store.keys.everyone(beside: tag))["epoch"]
            #expect(epoch?.hasPrefix("17-") == true)
            let new = try await store.create(for: user)
            #expect(try await store.hash(store.keys.session(new.id))["everyone"] == epoch)
            let renewed = try await store.repository.renewSession(old.id, ticket: .none).created?.session
            let id = try #require(renewed?.id)
            #expect(try await store.hash(store.keys.session(id))["everyone"] == nil)
            let ticket = try await store.repository.beginLogin(user)
            let again = try #require(try await store.repository.renewSession(id, ticket: ticket).created?.session)
            #expect(try await store.hash(store.keys.session(again.id))["everyone"] == epoch)
        }
    }
}
