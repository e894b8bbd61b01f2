import Foundation
import SessionRepository
import Testing

@Suite("The idle timeout that a record leaves out")
struct DefaultIdleTimeoutTests {
    /// What a record may say of its idle timeout, and what that means in milliseconds.
    enum Recorded: String, CaseIterable, Sendable {
        /// As it is written.
        case leftOut
        /// As it was written once, and as others may write it.
        case explicit = "1209600000"
        case other = "86400000"

        var milliseconds: Int64 { self == .other ? 86_400_000 : 1_209_600_000 }
    }

    private func withSession(
        _ recorded: Recorded, _ body: (Store, RefreshTokenKeys, Session) async throws -> Void
    ) async throws {
        var policy = SessionPolicy()
        policy.activityResolution = .zero
        let keys = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withStore(policy: policy, configure: { $0.refreshTokenKeys = keys }) { store in
            let session = try await store.create(for: try store.user())
            let key = store.keys.session(session.id)
            if recorded != .leftOut { try await store.redis.send("HSET", key, "idle", recorded.rawValue) }
            // As if the last activity was long ago.
            try await store.redis.send("PEXPIRE", key, "60000")
            try await store.nextMillisecond()
            try await body(store, keys, session)
        }
    }

    private func expectEnd(
        of id: SessionID, _ recorded: Recorded, in store: Store, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let session = try #require(try await store.repository.findSession(id), sourceLocation: sourceLocation)
        let end = try #require(session.lastActivityAt.unixMilliseconds) + recorded.milliseconds
        #expect(try await store.expiry(of: store.keys.session(id)) == end, sourceLocation: sourceLocation)
        let index = store.keys.userIndex(session.userID)
        let score = try await store.score(of: id.value.random.text, in: index)
        #expect(score == end, sourceLocation: sourceLocation)
    }

    @Test("A touch moves the end by 14 days, or by what the record says", arguments: Recorded.allCases)
    func touch(_ recorded: Recorded) async throws {
        try await withSession(recorded) { store, _, session in
            #expect(try await store.repository.touch(session.id) == .recorded)
            try await expectEnd(of: session.id, recorded, in: store)
        }
    }

    @Test("So does a rotation", arguments: Recorded.allCases)
    func rotation(_ recorded: Recorded) async throws {
        try await withSession(recorded) { store, keys, session in
            let token = try store.token(of: session.id)
            guard case .rotated = try await store.repository.rotateRefreshToken(token) else {
                Issue.record("the first token must rotate")
                return
            }
            try await expectEnd(of: session.id, recorded, in: store)
        }
    }

    @Test("A renewal keeps it, and leaves it out in the new record where it may", arguments: Recorded.allCases)
    func renewal(_ recorded: Recorded) async throws {
        try await withSession(recorded) { store, _, session in
            guard case .renewed(let created) = try await store.repository.renewSession(session.id, ticket: .none) else {
                Issue.record("an active session must be renewed")
                return
            }
            let idle = try await store.hash(store.keys.session(created.session.id))["idle"]
            #expect(idle == (recorded == .other ? recorded.rawValue : nil))
            try await expectEnd(of: created.session.id, recorded, in: store)
        }
    }

    @Test("One that cannot be read is no default: nothing slides by it", arguments: ["x", "", "-1", "1e9"])
    func unreadable(_ idle: String) async throws {
        try await withSession(.leftOut) { store, keys, session in
            let key = store.keys.session(session.id)
            try await store.redis.send("HSET", key, "idle", idle)
            let before = try await store.snapshot()
            let token = try store.token(of: session.id)
            let attempts: [(RedisSessionRepository) async throws -> Void] = [
                { _ = try await $0.touch(session.id) }, { _ = try await $0.renewSession(session.id, ticket: .none) },
                { _ = try await $0.rotateRefreshToken(token) },
            ]
            for attempt in attempts {
                do {
                    try await attempt(store.repository)
                    Issue.record("a garbled idle timeout must be an error")
                } catch SessionRepositoryError.corruptRecord(key: let damaged, problem: _) {
                    #expect(damaged == key)
                }
            }
            #expect(try await store.snapshot() == before)
        }
    }
}
