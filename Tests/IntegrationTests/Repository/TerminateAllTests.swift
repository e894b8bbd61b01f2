import Foundation
import Testing

@testable import SessionRepository

@Suite("Terminating all sessions of a user")
struct TerminateAllTests {
    @Test("A score that somebody else wrote into the index keeps it from nothing", arguments: ["1.5", "inf", "-inf"])
    func oddScore(_ score: String) async throws {
        try await withStore(checkingAfterwards: false) { store in
            let sessions = try await store.create(3, for: try store.user())
            let kept = sessions[0]
            let index = store.keys.userIndex(kept.userID)
            try await store.redis.send("ZADD", index, score, kept.id.value.random.text)
            #expect(try await store.repository.terminateAllSessionsByUser(kept.userID, except: kept.id) == 2)
            #expect(try await store.hash(store.keys.account(kept.userID))["epoch"] != nil)
            #expect(try await store.remaining(of: index) != -1)
        }
    }

    @Test("All end, are recorded as ended, and their chains are invalid; other users' go on")
    func all() async throws {
        var policy = SessionPolicy()
        policy.terminatedRetention = .seconds(600)
        try await withStore(policy: policy) { store in
            let user = try store.user()
            let sessions = try await store.create(7, for: user)
            let other = try await store.create(for: try store.user("bystander"))
            let before = try await store.now()
            #expect(try await store.repository.terminateAllSessionsByUser(user, by: "admin", reason: "breach") == 7)
            let after = try await store.now()
            for session in sessions {
                let termination = try #require(try await store.repository.authorize(session.id).termination)
                #expect(termination.by == "admin")
                #expect(termination.reason == "breach")
                #expect((before...after).contains(try #require(termination.at.unixMilliseconds)))
                let end = try await store.expiry(of: store.keys.session(session.id))
                #expect((before + 600_000...after + 600_000).contains(end))
                #expect(try await store.repository.refreshTokenChainState(session.id) == .invalidated(reason: "breach"))
            }
            #expect(try await store.repository.findActiveSessionsByUser(user).isEmpty)
            #expect(try await !store.exists(store.keys.userIndex(user)))
            #expect(try await store.repository.authorize(other.id) == .active(other))
            #expect(try await store.repository.isRefreshTokenChainInvalidated(other.id) == false)
        }
    }

    @Test("The session to keep stays as it was, refreshable and listed")
    func except() async throws {
        try await withStore { store in
            let user = try store.user()
            let sessions = try await store.create(5, for: user)
            let kept = sessions[2]
            let record = try await store.hash(store.keys.session(kept.id))
            #expect(try await store.repository.terminateAllSessionsByUser(user, except: kept.id) == 4)
            #expect(try await store.repository.authorize(kept.id) == .active(kept))
            #expect(try await store.repository.isRefreshTokenChainInvalidated(kept.id) == false)
            #expect(try await store.hash(store.keys.session(kept.id)) == record)
            #expect(try await store.repository.findActiveSessionsByUser(user) == [kept])
            let index = store.keys.userIndex(user)
            #expect(
                try await store.expiry(of: index) == store.score(of: kept.id.value.random.text, in: index))
        }
    }

    @Test("A session to keep that belongs to somebody else is refused, and nobody's session ends")
    func foreignException() async throws {
        try await withStore { store in
            let user = try store.user()
            let session = try await store.create(for: user)
            let foreign = try await store.create(for: try store.user("somebody else"))
            await #expect(
                throws: SessionRepositoryError.invalidInput(
                    field: "session to keep", problem: "it is not a session of this user")
            ) { try await store.repository.terminateAllSessionsByUser(user, except: foreign.id) }
            #expect(try await store.repository.authorize(session.id) == .active(session))
        }
    }

    @Test("An unknown session to keep keeps nothing")
    func unknownException() async throws {
        try await withStore { store in
            let user = try store.user()
            try await store.create(3, for: user)
            #expect(try await store.repository.terminateAllSessionsByUser(user, except: SessionID(for: user)) == 3)
        }
    }

    @Test("Repeated with its operation ID it returns the same number and leaves newer sessions alone")
    func repeated() async throws {
        try await withStore { store in
            let user = try store.user()
            let operation = OperationID()
            func terminate(_ operation: OperationID) async throws -> Int {
                try await store.repository.terminateAllSessionsByUser(
                    user, except: nil, by: nil, reason: nil, operationID: operation)
            }
            try await store.create(4, for: user)
            #expect(try await terminate(operation) == 4)
            let account = try await store.hash(store.keys.account(user))
            let newer = try await store.create(for: user)
            #expect(try await terminate(operation) == 4)
            #expect(try await store.repository.authorize(newer.id) == .active(newer))
            #expect(try await store.hash(store.keys.account(user)) == account)
            #expect(try await terminate(OperationID()) == 1)
            #expect(try await terminate(OperationID()) == 0)
        }
    }

    @Test("The account records the epoch and outlives every session; the operation is known for a day")
    func account() async throws {
        try await withStore { store in
            let user = try store.user()
            let operation = OperationID()
            let before = try await store.now()
            let count = try await store.repository.terminateAllSessionsByUser(
                user, except: nil, by: nil, reason: nil, operationID: operation)
            let after = try await store.now()
            #expect(count == 0)
            let account = try await store.hash(store.keys.account(user))
            #expect(account.keys.sorted() == ["epoch"])
            let epoch = try #require(account["epoch"]).split(separator: "-", maxSplits: 1)
            #expect((before...after).contains(try #require(Int64(epoch[0]))))
            #expect(epoch[1] == operation.description.prefix(8))
            let day: Int64 = 86_400_000
            #expect(
                (before + day...after + day).contains(
                    try await store.expiry(of: store.keys.operation(operation, of: user))))
            let longest = InputLimits.longestLifetime.wholeMilliseconds
            #expect((before + longest...after + longest).contains(try await store.expiry(of: store.keys.account(user))))
        }
    }

    @Test("Sessions that had ended before do not count and keep their own reason")
    func endedBefore() async throws {
        try await withStore { store in
            let user = try store.user()
            let sessions = try await store.create(3, for: user)
            _ = try await store.repository.terminateSession(sessions[0].id, by: nil, reason: "earlier")
            #expect(try await store.repository.terminateAllSessionsByUser(user, reason: "now") == 2)
            #expect(try await store.repository.authorize(sessions[0].id).termination?.reason == "earlier")
        }
    }

    @Test("What has no record gets none, and what is no active session does not count")
    func noSession() async throws {
        try await withStore { store in
            let user = try store.user()
            let sessions = try await store.create(5, for: user)
            let terminated = sessions[1]
            _ = try await store.repository.terminateSession(terminated.id)
            let index = store.keys.userIndex(user)
            try await store.redis.send(
                "ZADD", index, "\(try await store.now() + 60_000)", terminated.id.value.random.text)
            let (gone, other) = (store.keys.session(sessions[2].id), store.keys.session(sessions[3].id))
            try await store.redis.send("DEL", gone)
            try await store.makeString(other)
            #expect(try await store.repository.terminateAllSessionsByUser(user) == 2)
            #expect(try await !store.exists(index))
            #expect(try await !store.exists(gone))
            #expect(try await store.redis.send("TYPE", other) == .string("string"))
            #expect(try await store.repository.authorize(terminated.id).termination != nil)
            for session in [sessions[2], sessions[3]] {
                #expect(try await store.repository.isRefreshTokenChainInvalidated(session.id) == false)
            }
        }
    }

    @Test("A server that does not permit what it writes says so, and counts nothing")
    func notPermitted() async throws {
        try await withPrivateStore { store, _ in
            let user = try store.user()
            let sessions = try await store.create(2, for: user)
            try await store.redis.send("ACL", "SETUSER", "default", "-hset")
            let error = await failure { () throws(SessionRepositoryError) in
                try await store.repository.terminateAllSessionsByUser(user)
            }
            #expect(error?.code == "storeRefused")
            #expect(try await store.hash(store.keys.account(user)).isEmpty)
            #expect(try await store.repository.authorize(sessions[0].id) == .active(sessions[0]))
        }
    }
}
