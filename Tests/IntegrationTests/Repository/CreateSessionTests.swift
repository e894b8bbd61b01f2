import Foundation
import Testing

@testable import SessionRepository

@Suite("Creating a session")
struct CreateSessionTests {
    @Test("Everything given is stored under its documented field, and nothing else is")
    func allFields() async throws {
        try await withStore { store in
            let user = try store.user()
            let grant = try await store.grant()
            try await store.nextMillisecond()
            let authenticated = try await store.now() - 5000
            let created = try await store.repository.createSession(
                NewSession(
                    userID: user, ticket: .none, deviceName: "Pixel 9", ipAddress: "2001:DB8:0:0::7",
                    userAgent: "Example/1.0",
                    authenticatedAt: Date(unixMilliseconds: authenticated), lifetime: .seconds(50),
                    idleTimeout: .seconds(20), grantID: grant.id, attributes: ["tenant": "acme", "empty": ""])
            ).session
            let start = try #require(created.createdAt.unixMilliseconds)
            #expect(
                try await store.hash(store.keys.session(created.id)) == [
                    "id": String(created.id.value.random.text.prefix(8)), "user": user.text, "state": "active",
                    "device": "Pixel 9", "ip": "2001:db8::7",
                    "agent": "Example/1.0", "created": "\(start)", "authenticated": "\(authenticated)",
                    "seen": "\(start)", "expires": "\(start + 50_000)", "idle": "20000",
                    "grant": grant.id.description, "attr:tenant": "acme", "attr:empty": "",
                ])
            #expect(try await store.repository.findSession(created.id) == created)
            #expect(created.authenticatedAt.unixMilliseconds == authenticated)
            #expect(created.expiresAt.unixMilliseconds == start + 50_000)
            #expect(created.lastActivityAt == created.createdAt)
            #expect(created.grantID == grant.id)
            #expect(created.attributes == ["tenant": "acme", "empty": ""])
        }
    }

    @Test("What was not given is left out of the record")
    func leftOut() async throws {
        var policy = SessionPolicy()
        policy.lifetime = .seconds(500)
        policy.idleTimeout = .seconds(300)
        try await withStore(policy: policy) { store in
            let user = try store.user()
            let created = try await store.repository.createSession(NewSession(userID: user, ticket: .none)).session
            let start = try #require(created.createdAt.unixMilliseconds)
            #expect(
                try await store.hash(store.keys.session(created.id)) == [
                    "id": String(created.id.value.random.text.prefix(8)), "user": user.text, "state": "active",
                    "created": "\(start)", "seen": "\(start)",
                    "expires": "\(start + 500_000)", "idle": "300000",
                ])
            #expect(created.authenticatedAt == created.createdAt)
            #expect(try await store.repository.findSession(created.id) == created)
        }
    }

    @Test("The default idle timeout is what a record without one means, and is left out; another one is not")
    func idleTimeout() async throws {
        try await withStore { store in
            for (timeout, idle) in [
                (nil, nil), (.seconds(14 * 86_400), nil), (.seconds(14 * 86_400 - 1), "1209599000"),
                (.milliseconds(1_209_600_001), "1209600001"),
            ] as [(Duration?, String?)] {
                let new = NewSession(userID: try store.user(), ticket: .none, idleTimeout: timeout)
                let created = try await store.repository.createSession(new).session
                let key = store.keys.session(created.id)
                #expect(try await store.hash(key)["idle"] == idle)
                // What is left out has been taken into account all the same.
                let start = try #require(created.createdAt.unixMilliseconds)
                #expect(try await store.expiry(of: key) == start + (idle.flatMap(Int64.init) ?? 1_209_600_000))
            }
        }
    }

    @Test("The record and its index entry end at the same millisecond: idle or absolute end, whichever is first")
    func ends() async throws {
        try await withStore { store in
            let user = try store.user()
            for (lifetime, idle, end) in [(50, 20, 20_000), (20, 50, 20_000), (30, 30, 30_000)] as [(Int, Int, Int64)] {
                let created = try await store.repository.createSession(
                    NewSession(userID: user, ticket: .none, lifetime: .seconds(lifetime), idleTimeout: .seconds(idle))
                ).session
                let start = try #require(created.createdAt.unixMilliseconds)
                #expect(try await store.expiry(of: store.keys.session(created.id)) == start + end)
                let index = store.keys.userIndex(user)
                #expect(try await store.score(of: created.id.value.random.text, in: index) == start + end)
            }
            let index = store.keys.userIndex(user)
            let scores = try await store.redis.send("ZREVRANGE", index, "0", "0", "WITHSCORES").strings
            #expect(try await store.expiry(of: index) == scores.last.flatMap(Int64.init))
        }
    }

    @Test("Created twice with one ID, it is one session with one answer")
    func twice() async throws {
        try await withStore { store in
            let user = try store.user()
            let new = store.session(for: user)
            let first = try await store.repository.createSession(new).session
            var other = new
            other.deviceName = "another device"
            #expect(try await store.repository.createSession(new).session == first)
            #expect(try await store.repository.createSession(other).session == first)
            #expect(try await store.members(of: store.keys.userIndex(user)) == [new.id.value.random.text])
        }
    }

    @Test("Sixty-four concurrent attempts with one ID create one session with one answer")
    func concurrently() async throws {
        try await withStore { store in
            let user = try store.user()
            let new = store.session(for: user)
            let answers = try await inParallel(64) { _ in try await store.repository.createSession(new).session }
            #expect(Set(answers).count == 1)
            #expect(try await store.repository.findActiveSessionsByUser(user) == [answers[0]])
        }
    }

    @Test("An ID that was made for another user is refused before anything is sent")
    func otherUsersID() async throws {
        try await withStore { store in
            var new = store.session(for: try store.user())
            new.id = SessionID(for: try store.user("somebody else"))
            await #expect(
                throws: SessionRepositoryError.invalidInput(
                    field: "session ID", problem: "it was made for another user")
            ) { try await store.repository.createSession(new) }
            #expect(try await store.snapshot().isEmpty)
        }
    }

    @Test("An ID under which another user has a session, as a collision of hash tags could bring, is refused")
    func taken() async throws {
        try await withStore { store in
            let session = try await store.create(for: try store.user())
            let key = store.keys.session(session.id)
            try await store.redis.send("HSET", key, "user", "somebody else")
            let before = try await store.snapshot()
            var new = store.session(for: try store.user())
            new.id = session.id
            await #expect(throws: SessionRepositoryError.identifierTaken("\(new.id)")) {
                try await store.repository.createSession(new)
            }
            #expect(try await store.snapshot() == before)
        }
    }

    @Test("An ID whose session has ended is refused, also after its record is gone")
    func ended() async throws {
        try await withStore { store in
            let new = store.session(for: try store.user())
            _ = try await store.repository.createSession(new)
            _ = try await store.repository.terminateSession(new.id)
            await #expect(throws: SessionRepositoryError.sessionAlreadyEnded(new.id)) {
                try await store.repository.createSession(new)
            }
            try await store.redis.send("DEL", store.keys.session(new.id))
            await #expect(throws: SessionRepositoryError.sessionAlreadyEnded(new.id)) {
                try await store.repository.createSession(new)
            }
            #expect(try await store.repository.authorize(new.id) == .unknown)
        }
    }

    @Test("A device name and a user agent that are too long are cut between two characters")
    func cut() async throws {
        try await withStore { store in
            let new = NewSession(
                userID: try store.user(), ticket: .none, deviceName: String(repeating: "ü", count: 200),
                userAgent: String(repeating: "👩‍👧", count: 100))
            let created = try await store.repository.createSession(new).session
            #expect(created.deviceName == String(repeating: "ü", count: 128))
            #expect(created.userAgent == String(repeating: "👩‍👧", count: 93))
            #expect(try await store.repository.findSession(created.id) == created)
        }
    }

    @Test("Hostile text survives the way into Redis and back")
    func hostileText() async throws {
        let nasty = "a\r\n$3\r\nfoo\u{0}\"'{}*\u{1F600}"
        try await withStore { store in
            let user = try store.user("user {with} :odd* \\characters\" é")
            let new = NewSession(
                userID: user, ticket: .none, deviceName: nasty, userAgent: nasty,
                attributes: [nasty: nasty, "state": "terminated"])
            let created = try await store.repository.createSession(new).session
            #expect(created.attributes == [nasty: nasty, "state": "terminated"])
            #expect(try await store.repository.findSession(created.id) == created)
            #expect(try await store.repository.findActiveSessionsByUser(user) == [created])
            #expect(try await store.repository.terminateAllSessionsByUser(user, by: "é*", reason: nasty) == 1)
            #expect(try await store.repository.findSession(created.id)?.termination?.reason == nasty)
        }
    }
}
