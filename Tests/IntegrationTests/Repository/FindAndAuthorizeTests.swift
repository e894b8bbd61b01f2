import Foundation
import Testing

@testable import SessionRepository

@Suite("Finding and authorizing a session")
struct FindAndAuthorizeTests {
    @Test("A session is found by anyone who does not name an owner, and by its owner only")
    func owner() async throws {
        try await withStore { store in
            let user = try store.user()
            let session = try await store.create(for: user)
            #expect(try await store.repository.findSession(session.id) == session)
            #expect(try await store.repository.findSession(session.id, ownedBy: user) == session)
            #expect(try await store.repository.findSession(session.id, ownedBy: store.user("mallory")) == nil)
            #expect(try await store.repository.findSession(SessionID(for: user)) == nil)
            #expect(try await store.repository.findSession(SessionID(for: user), ownedBy: user) == nil)
        }
    }

    @Test("A terminated session is still found, with who ended it, when and why")
    func terminated() async throws {
        try await withStore { store in
            let session = try await store.create(for: try store.user())
            let before = try await store.now()
            _ = try await store.repository.terminateSession(session.id, by: "admin", reason: "lost phone")
            let after = try await store.now()
            let found = try #require(try await store.repository.findSession(session.id))
            let termination = try #require(found.termination)
            #expect(!found.isActive)
            #expect(found.deviceName == session.deviceName)
            #expect(termination.by == "admin")
            #expect(termination.reason == "lost phone")
            #expect((before...after).contains(try #require(termination.at.unixMilliseconds)))
            #expect(try await store.repository.authorize(session.id) == .terminated(termination))
        }
    }

    @Test("Unknown is not an error, and leaves nothing behind")
    func unknown() async throws {
        try await withStore { store in
            let id = SessionID(for: try store.user())
            #expect(try await store.repository.authorize(id) == .unknown)
            #expect(try await store.snapshot().isEmpty)
        }
    }

    @Test("authorize fetches the attributes that the configuration names, and no others")
    func attributes() async throws {
        try await withStore(configure: { $0.authorizeAttributes = ["tenant", "absent"] }) { store in
            let new = NewSession(
                userID: try store.user(), ticket: .none, deviceName: "Pixel 9",
                attributes: ["tenant": "acme", "theme": "dark"])
            let created = try await store.repository.createSession(new).session
            let authorized = try #require(try await store.repository.authorize(created.id).session)
            #expect(authorized.attributes == ["tenant": "acme"])
            #expect(authorized.deviceName == "Pixel 9")
            #expect(authorized.createdAt == created.createdAt)
            #expect(try await store.repository.findSession(created.id)?.attributes == created.attributes)
        }
    }

    @Test("A session under a grant is active while the grant is, and no longer")
    func supportAccess() async throws {
        try await withStore { store in
            let grant = try await store.grant()
            let session = try await store.supportSession(of: try store.user("admin"), under: grant.id)
            #expect(try await store.repository.authorize(session.id) == .active(session))
            try await store.redis.send("DEL", store.keys.grant(grant.id))
            #expect(try await store.repository.authorize(session.id) == .supportAccessEnded)
            // Deleted by hand, the grant leaves its session to the sweep.
            _ = try await store.repository.deleteExpiredSupportAccessGrants(of: grant.organizationID)
            #expect(try await store.repository.authorize(session.id).termination != nil)
        }
    }
}
