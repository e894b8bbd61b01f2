import Foundation
import Testing

@testable import SessionRepository

@Suite("How long chains stay invalidated whose sessions ended together")
struct ChainLifetimeTests {
    private static let day: Int64 = 86_400_000

    private func create(_ days: Int64, for user: UserID, in store: Store) async throws -> Session {
        try await store.repository.createSession(
            NewSession(userID: user, ticket: .none, lifetime: .seconds(days * 86_400))
        ).session
    }

    /// Ends all sessions of the user; what the chains of `sessions` have as their end, which is the same for all.
    private func chainEnd(_ sessions: [Session], in store: Store) async throws -> Int64 {
        let count = try await store.repository.terminateAllSessionsByUser(sessions[0].userID, reason: "lost phone")
        #expect(count == sessions.count)
        var ends: Set<Int64> = []
        for session in sessions {
            let chain = store.keys.chain(session.id)
            #expect(try await store.redis.send("GET", chain) == .string("lost phone"))
            ends.insert(try await store.expiry(of: chain))
        }
        #expect(ends.count == 1)
        return try #require(ends.first)
    }

    @Test("As long as a session usually lives and a day, whatever was left of theirs")
    func usual() async throws {
        try await withStore { store in
            let user = try store.user()
            let sessions = [try await create(1, for: user, in: store), try await create(30, for: user, in: store)]
            #expect(try await !store.exists(store.keys.account(user)))
            let before = try await store.now()
            let end = try await chainEnd(sessions, in: store)
            #expect((before + 31 * Self.day...(try await store.now()) + 31 * Self.day).contains(end))
        }
    }

    @Test("As long as one that was dated by a clock that was ahead")
    func clockAhead() async throws {
        try await withStore { store in
            let session = try await store.create(for: try store.user())
            let expires = (session.expiresAt.unixMilliseconds ?? 0) + 3_600_000
            try await store.redis.send("HSET", store.keys.session(session.id), "expires", "\(expires)")
            #expect(try await chainEnd([session], in: store) >= expires)
        }
    }

    @Test("As long as sessions are by policy, also of accounts that do not know of theirs")
    func longPolicy() async throws {
        var policy = SessionPolicy()
        policy.lifetime = .seconds(90 * 86_400)
        try await withStore(policy: policy) { store in
            let session = try await store.create(for: try store.user())
            #expect(try await store.redis.send("DEL", store.keys.account(session.userID)) == .integer(1))
            #expect(try await chainEnd([session], in: store) >= session.expiresAt.unixMilliseconds ?? 0)
        }
    }

    @Test(
        "As long as the longest of them, when that is longer; also where the server does not let scripts copy",
        arguments: [true, false])
    func longer(mayCopy: Bool) async throws {
        try await withPrivateStore { store, _ in
            if !mayCopy { try await store.redis.send("ACL", "SETUSER", "default", "-copy") }
            let user = try store.user()
            var sessions = try await store.create(3, for: user)
            for days in [60, 90, 31] { sessions.append(try await create(Int64(days), for: user, in: store)) }
            // One is there already, for another reason.
            _ = try await store.repository.invalidateRefreshTokenChain(sessions[1].id, reason: "stolen")
            #expect(try await chainEnd(sessions, in: store) == sessions[4].expiresAt.unixMilliseconds)
        }
    }

    @Test("As long as one that took over from another, when that is the longest")
    func renewed() async throws {
        try await withStore { store in
            let old = try await store.create(for: try store.user())
            let outcome = try await store.repository.renewSession(
                old.id, as: SessionID(renewing: old.id), ticket: .none, authenticatedAt: nil,
                lifetime: .seconds(45 * 86_400))
            let session = try #require(outcome.created).session
            #expect(try await chainEnd([session], in: store) == session.expiresAt.unixMilliseconds)
        }
    }

    @Test("No longer than the longest of them, where sessions are short by policy")
    func shorter() async throws {
        var policy = SessionPolicy()
        policy.lifetime = .seconds(7 * 86_400)
        policy.terminatedRetention = .seconds(3600)
        try await withStore(policy: policy) { store in
            let user = try store.user()
            let sessions = [try await store.create(for: user), try await create(3, for: user, in: store)]
            #expect(try await chainEnd(sessions, in: store) == sessions[0].expiresAt.unixMilliseconds)
        }
    }

    @Test("As long as the longest of them, when the account does not tell, now or later", arguments: ["HSET", "SET"])
    func unreadable(_ command: String) async throws {
        try await withStore { store in
            let user = try store.user()
            let sessions = [try await store.create(for: user), try await create(50, for: user, in: store)]
            let kept = try await create(120, for: user, in: store)
            let account = store.keys.account(user)
            if command == "SET" {
                try await store.makeString(account)
            } else {
                try await store.redis.send("HSET", account, "furthest", "soon")
                // What is told of this one must not look like the end of all.
                _ = try await create(90, for: user, in: store)
                #expect(try await store.hash(account)["furthest"] == "soon")
            }
            #expect(
                try await store.repository.terminateAllSessionsByUser(user, except: kept.id)
                    == (command == "SET" ? 2 : 3))
            let chain = store.keys.chain(sessions[0].id)
            #expect(try await store.expiry(of: chain) >= sessions[1].expiresAt.unixMilliseconds ?? 0)
            #expect(try await chainEnd([kept], in: store) >= kept.expiresAt.unixMilliseconds ?? 0)
        }
    }

    @Test("A session longer than usual of which the account may not know is not created")
    func notNoted() async throws {
        try await withPrivateStore { store, _ in
            let user = try store.user()
            let old = try await store.create(for: user)
            let before = try await store.snapshot()
            try await store.redis.send(
                "ACL", "SETUSER", "default", "-hset", "(+hset ~\(store.prefix):session:*)")
            for lifetime in [31, 60] {
                let new = NewSession(userID: user, ticket: .none, lifetime: .seconds(lifetime * 86_400))
                let creation = await failure { () throws(SessionRepositoryError) in
                    try await store.repository.createSession(new).session
                }
                #expect(creation?.code == "storeRefused")
                let renewal = await failure { () throws(SessionRepositoryError) in
                    try await store.repository.renewSession(
                        old.id, as: SessionID(renewing: old.id), ticket: .none, authenticatedAt: nil,
                        lifetime: new.lifetime)
                }
                #expect(renewal?.code == "storeRefused")
            }
            #expect(try await store.snapshot() == before)
        }
    }

    @Test("The account notes an end that is further away than usual, keeps it, and what it had before")
    func noted() async throws {
        try await withStore { store in
            let user = try store.user()
            let account = store.keys.account(user)
            _ = try await store.repository.terminateAllSessionsByUser(user)
            let epoch = try await store.hash(account)["epoch"]
            let furthest = try await create(80, for: user, in: store).expiresAt.unixMilliseconds ?? 0
            _ = try await create(40, for: user, in: store)
            _ = try await store.create(for: user)
            #expect(try await store.hash(account)["epoch"] == epoch)
            for count in [3, 0] {
                #expect(try await store.hash(account)["furthest"] == "\(furthest)")
                #expect(try await store.expiry(of: account) > furthest)
                #expect(try await store.repository.terminateAllSessionsByUser(user) == count)
            }
        }
    }
}
