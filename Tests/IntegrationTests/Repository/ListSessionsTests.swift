import Foundation
import Testing

@testable import SessionRepository

@Suite("Listing a user's active sessions")
struct ListSessionsTests {
    @Test("Latest activity comes first")
    func order() async throws {
        var policy = SessionPolicy()
        policy.activityResolution = .zero
        try await withStore(policy: policy) { store in
            let user = try store.user()
            var ids: [SessionID] = []
            for number in 0..<4 {
                ids.append(try await store.create(for: user, device: "\(number)").id)
                try await store.nextMillisecond()
            }
            #expect(try await store.repository.findActiveSessionsByUser(user).map(\.id) == ids.reversed())
            _ = try await store.repository.touch(ids[1])
            #expect(
                try await store.repository.findActiveSessionsByUser(user).map(\.id) == [ids[1], ids[3], ids[2], ids[0]])
        }
    }

    @Test("Pages of any size hold each session once, in order of creation, also where many began in one millisecond")
    func pages() async throws {
        try await withStore { store in
            let user = try store.user()
            let sessions = try await store.create(25, for: user)
            let now = try await store.now()
            for (number, session) in sessions.enumerated() {
                let (created, seen) = (now - 1000 * Int64(number % 3), now - Int64(number % 7))
                try await store.redis.send(
                    "HSET", store.keys.session(session.id), "created", "\(created)", "seen", "\(seen)", "expires",
                    "\(now + 86_400_000)")
            }
            let whole = try await store.repository.findActiveSessionsByUser(user)
            #expect(Set(whole.map(\.id)) == Set(sessions.map(\.id)))
            #expect(whole.map(\.lastActivityAt) == whole.map(\.lastActivityAt).sorted(by: >))
            for size in [1, 2, 7, 24, 25, 26] {
                var listed: [Session] = []
                var pages = 0
                var oldest: Date?
                var cursor: SessionPage.Cursor?
                repeat {
                    let page = try await store.repository.findActiveSessionsByUser(user, limit: size, after: cursor)
                    #expect(page.sessions.count <= size)
                    #expect(page.sessions == page.sessions.sorted(by: Session.isMoreRecent))
                    let created = page.sessions.map(\.createdAt)
                    if let oldest { #expect(created.allSatisfy { $0 <= oldest }) }
                    oldest = created.min()
                    listed += page.sessions
                    pages += 1
                    cursor = page.next
                } while cursor != nil
                #expect(listed.count == 25)
                #expect(Set(listed) == Set(whole), "pages of \(size)")
                #expect(pages == (25 + size - 1) / size)
            }
        }
    }

    @Test("A cursor stays good when its session goes")
    func cursorSurvives() async throws {
        try await withStore { store in
            let user = try store.user()
            try await store.create(6, for: user)
            let whole = try await store.repository.findActiveSessionsByUser(user).map(\.id)
            let first = try await store.repository.findActiveSessionsByUser(user, limit: 3, after: nil)
            _ = try await store.repository.terminateSession(whole[2])
            let second = try await store.repository.findActiveSessionsByUser(user, limit: 3, after: first.next)
            #expect(second.sessions.map(\.id) == Array(whole[3...]))
            #expect(second.next == nil)
        }
    }

    @Test("A limit below 1 or above 1,000 is refused")
    func limits() async throws {
        try await withStore { store in
            for limit in [0, -1, 1001] {
                await #expect(
                    throws: SessionRepositoryError.invalidInput(field: "limit", problem: "it must be 1 to 1,000")
                ) { try await store.repository.findActiveSessionsByUser(try store.user(), limit: limit, after: nil) }
            }
        }
    }

    @Test("Index entries that expired are removed")
    func prunes() async throws {
        try await withStore { store in
            let user = try store.user()
            let index = store.keys.userIndex(user)
            let session = try await store.create(for: user)
            let past = try await store.now() - 1
            try await store.redis.send("ZADD", index, "\(past)", RandomPart.generate().text)
            #expect(try await store.repository.findActiveSessionsByUser(user) == [session])
            #expect(try await store.members(of: index) == [session.id.value.random.text])
        }
    }

    @Test("Entries whose session was deleted or terminated behind the index's back are removed")
    func repairs() async throws {
        try await withStore { store in
            let user = try store.user()
            let sessions = try await store.create(3, for: user)
            try await store.redis.send("DEL", store.keys.session(sessions[0].id))
            try await store.redis.send(
                "HSET", store.keys.session(sessions[1].id), "state", "terminated", "terminated", "1")
            #expect(try await store.repository.findActiveSessionsByUser(user) == [sessions[2]])
            let index = store.keys.userIndex(user)
            #expect(try await store.members(of: index) == [sessions[2].id.value.random.text])
        }
    }

    @Test("Terminated sessions and other users' sessions are not listed")
    func others() async throws {
        try await withStore { store in
            let user = try store.user()
            try await store.create(for: try store.user("somebody else"))
            let sessions = try await store.create(2, for: user)
            _ = try await store.repository.terminateSession(sessions[0].id)
            #expect(try await store.repository.findActiveSessionsByUser(user) == [sessions[1]])
            #expect(try await store.repository.findActiveSessionsByUser(store.user("nobody")).isEmpty)
        }
    }

    @Test("A list of more than a thousand comes whole")
    func long() async throws {
        var policy = SessionPolicy()
        policy.maximumSessionsPerUser = 1200
        try await withStore(policy: policy) { store in
            let user = try store.user()
            let sessions = try await store.create(1100, for: user)
            let listed = try await store.repository.findActiveSessionsByUser(user)
            #expect(listed.count == 1100)
            #expect(Set(listed.map(\.id)) == Set(sessions.map(\.id)))
        }
    }
}
