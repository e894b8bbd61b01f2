import Foundation
import Testing

@testable import SessionRepository

@Suite("Logins around the termination of all sessions")
struct LoginOrderTests {
    private func login(_ user: UserID, at milliseconds: Int64?) -> NewSession {
        NewSession(userID: user, authenticatedAt: milliseconds.map(Date.init(unixMilliseconds:)))
    }

    @Test("A login that authenticated before it is refused, and nothing is written")
    func before() async throws {
        try await withStore { store in
            let user = try store.user()
            let authenticated = try await store.now()
            try await store.nextMillisecond()
            #expect(try await store.repository.terminateAllSessionsByUser(user) == 0)
            let account = try await store.hash(store.keys.account(user))
            let notBefore = try #require(account["notBefore"].flatMap(Int64.init))
            let snapshot = try await store.snapshot()
            for moment in [0, authenticated, notBefore] {
                await #expect(
                    throws: SessionRepositoryError.loginSuperseded(notBefore: Date(unixMilliseconds: notBefore))
                ) { try await store.repository.createSession(login(user, at: moment)) }
            }
            #expect(try await store.snapshot() == snapshot)
        }
    }

    @Test("A login that authenticated after it, or does not say when, is accepted")
    func after() async throws {
        try await withStore { store in
            let user = try store.user()
            _ = try await store.repository.terminateAllSessionsByUser(user)
            let silent = try await store.repository.createSession(login(user, at: nil)).session
            try await store.nextMillisecond()
            let authenticated = try await store.now()
            try await store.nextMillisecond()
            let later = try await store.repository.createSession(login(user, at: authenticated)).session
            #expect(later.authenticatedAt.unixMilliseconds == authenticated)
            #expect(silent.authenticatedAt == silent.createdAt)
            #expect(try await store.repository.findActiveSessionsByUser(user).count == 2)
        }
    }

    @Test("A time in the future counts as now, so that no clock can put a login beyond a later termination")
    func future() async throws {
        try await withStore { store in
            let user = try store.user()
            let tomorrow = try await store.now() + 86_400_000
            let session = try await store.repository.createSession(login(user, at: tomorrow)).session
            #expect(session.authenticatedAt == session.createdAt)
            #expect(try await store.hash(store.keys.session(session.id))["authenticated"] == nil)
        }
    }

    @Test("Other users' logins are untouched")
    func otherUsers() async throws {
        try await withStore { store in
            let authenticated = try await store.now()
            try await store.nextMillisecond()
            _ = try await store.repository.terminateAllSessionsByUser(try store.user("alice"))
            let bob = try store.user("bob")
            let session = try await store.repository.createSession(login(bob, at: authenticated)).session
            #expect(try await store.repository.authorize(session.id) == .active(session))
        }
    }

    @Test("A repeated creation is answered with its session, whatever happened to later logins")
    func repeated() async throws {
        try await withStore { store in
            let user = try store.user()
            let new = login(user, at: try await store.now())
            let created = try await store.repository.createSession(new).session
            try await store.nextMillisecond()
            #expect(try await store.repository.terminateAllSessionsByUser(user, except: new.id) == 0)
            #expect(try await store.repository.createSession(new).session == created)
        }
    }
}
