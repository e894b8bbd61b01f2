import Foundation
import Testing

@testable import SessionRepository

@Suite("Terminating one session")
struct TerminateSessionTests {
    private var policy: SessionPolicy {
        var policy = SessionPolicy()
        policy.terminatedRetention = .seconds(600)
        return policy
    }

    @Test("It marks the record, keeps it for the retention, leaves the index and invalidates the chain")
    func everything() async throws {
        try await withStore(policy: policy) { store in
            let user = try store.user()
            let session = try await store.create(for: user)
            let kept = try await store.create(for: user)
            let before = try await store.now()
            #expect(try await store.repository.terminateSession(session.id, by: "admin", reason: "lost") == .terminated)
            let after = try await store.now()

            let key = store.keys.session(session.id)
            let record = try await store.hash(key)
            #expect(record["state"] == "terminated")
            #expect(record["terminatedBy"] == "admin")
            #expect(record["reason"] == "lost")
            let at = try #require(record["terminated"].flatMap(Int64.init))
            #expect((before...after).contains(at))
            #expect((before + 600_000...after + 600_000).contains(try await store.expiry(of: key)))
            #expect(try await store.members(of: store.keys.userIndex(user)) == [kept.id.value.random.text])
            #expect(try await store.repository.refreshTokenChainState(session.id) == .invalidated(reason: "lost"))
            // No token of the chain could have outlived the session.
            let end = try #require(session.expiresAt.unixMilliseconds)
            let chainEnd = try await store.expiry(of: store.keys.chain(session.id))
            #expect((end...end + after - before).contains(chainEnd))
            #expect(try await store.repository.authorize(kept.id) == .active(kept))
        }
    }

    @Test("Without actor and reason neither is recorded")
    func silent() async throws {
        try await withStore(policy: policy) { store in
            let session = try await store.create(for: try store.user())
            #expect(try await store.repository.terminateSession(session.id) == .terminated)
            let record = try await store.hash(store.keys.session(session.id))
            #expect(record["terminatedBy"] == nil)
            #expect(record["reason"] == nil)
            let termination = try await store.repository.authorize(session.id).termination
            #expect(termination != nil)
            #expect(termination?.by == nil)
            #expect(termination?.reason == nil)
            #expect(try await store.repository.refreshTokenChainState(session.id) == .invalidated(reason: nil))
        }
    }

    @Test("A second time changes nothing")
    func idempotent() async throws {
        try await withStore(policy: policy) { store in
            let session = try await store.create(for: try store.user())
            #expect(try await store.repository.terminateSession(session.id, by: "first") == .terminated)
            let before = try await store.snapshot()
            #expect(try await store.repository.terminateSession(session.id, by: "second") == .alreadyTerminated)
            #expect(try await store.snapshot() == before)
        }
    }

    @Test("An owner can end their own session; for anybody else it does not exist, and nothing changes")
    func owner() async throws {
        try await withStore { store in
            let user = try store.user()
            let mallory = try store.user("mallory")
            let session = try await store.create(for: user)
            let before = try await store.snapshot()
            #expect(try await store.repository.terminateSession(session.id, ownedBy: mallory) == .unknown)
            #expect(try await store.repository.terminateSession(SessionID(for: user), ownedBy: mallory) == .unknown)
            #expect(try await store.snapshot() == before)
            #expect(try await store.repository.terminateSession(session.id, ownedBy: user) == .terminated)
            #expect(try await store.repository.terminateSession(session.id, ownedBy: mallory) == .unknown)
            #expect(try await store.repository.terminateSession(session.id, ownedBy: user) == .alreadyTerminated)
        }
    }

    @Test("An unknown session is told as such, and nothing is written")
    func unknown() async throws {
        try await withStore { store in
            let id = SessionID(for: try store.user())
            #expect(try await store.repository.terminateSession(id) == .unknown)
            #expect(try await store.snapshot().isEmpty)
        }
    }

    @Test("Of many concurrent attempts exactly one terminates")
    func concurrently() async throws {
        try await withStore { store in
            let session = try await store.create(for: try store.user())
            let answers = try await inParallel(32) { number in
                try await store.repository.terminateSession(session.id, by: "admin \(number)")
            }
            #expect(answers.count { $0 == .terminated } == 1)
            #expect(answers.count { $0 == .alreadyTerminated } == 31)
            let winner = try #require(answers.firstIndex(of: .terminated))
            #expect(try await store.repository.authorize(session.id).termination?.by == "admin \(winner)")
        }
    }

    @Test("Actor and reason outside their limits are refused before anything is sent")
    func limits() async throws {
        try await withStore { store in
            let session = try await store.create(for: try store.user())
            let long = String(repeating: "r", count: 513)
            await #expect(
                throws: SessionRepositoryError.invalidInput(field: "reason", problem: "it must have at most 512 bytes")
            ) { try await store.repository.terminateSession(session.id, by: nil, reason: long) }
            await #expect(
                throws: SessionRepositoryError.invalidInput(field: "by", problem: "it must have 1 to 256 bytes")
            ) { try await store.repository.terminateSession(session.id, by: "") }
            #expect(try await store.repository.authorize(session.id) == .active(session))
        }
    }
}
