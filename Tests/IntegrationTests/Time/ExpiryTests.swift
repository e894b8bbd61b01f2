import Foundation
import Testing

@testable import SessionRepository

@Suite("Expiry, to the millisecond")
struct ExpiryTests {
    /// Asks until the answer is no. Whatever Redis' clock showed before and after each question decides what the answer
    /// had to be.
    private func watch(
        _ store: Store, end: Int64, sourceLocation: SourceLocation = #_sourceLocation,
        isThere: () async throws -> Bool
    ) async throws {
        var wasThere = true
        while wasThere {
            let before = try await store.now()
            wasThere = try await isThere()
            let after = try await store.now()
            // Redis keeps a key through the millisecond at which it expires.
            if before > end { #expect(!wasThere, "\(before - end) ms after its end", sourceLocation: sourceLocation) }
            if after < end { #expect(wasThere, "\(end - after) ms before its end", sourceLocation: sourceLocation) }
        }
    }

    private func session(_ store: Store, lifetime: Int, idle: Int) async throws -> Session {
        let new = NewSession(
            userID: try store.user(), ticket: .none, lifetime: .milliseconds(lifetime), idleTimeout: .milliseconds(idle)
        )
        return try await store.repository.createSession(new).session
    }

    @Test("At its absolute end a session is gone for authorize, find and list", arguments: 0..<3)
    func absolute(_ lookup: Int) async throws {
        try await withStore { store in
            let session = try await session(store, lifetime: 150, idle: 60_000)
            let end = try #require(session.expiresAt.unixMilliseconds)
            try await watch(store, end: end) {
                switch lookup {
                case 0: try await store.repository.authorize(session.id) != .unknown
                case 1: try await store.repository.findSession(session.id) != nil
                default: try await !store.repository.findActiveSessionsByUser(session.userID).isEmpty
                }
            }
            #expect(try await store.repository.touch(session.id) == .notActive)
            #expect(try await store.repository.terminateSession(session.id) == .unknown)
        }
    }

    @Test("Idle for its timeout, a session is gone although its absolute end is far")
    func idle() async throws {
        try await withStore { store in
            let session = try await session(store, lifetime: 60_000, idle: 150)
            let created = try #require(session.createdAt.unixMilliseconds)
            try await watch(store, end: created + 150) {
                try await store.repository.authorize(session.id) != .unknown
            }
        }
    }

    @Test("Touched again and again, a session outlives its idle timeout, and never its absolute end")
    func touched() async throws {
        var policy = SessionPolicy()
        policy.activityResolution = .zero
        try await withStore(policy: policy) { store in
            // The timeout is longer than a busy machine's pauses.
            let session = try await session(store, lifetime: 10_000, idle: 7000)
            let end = try #require(session.expiresAt.unixMilliseconds)
            try await watch(store, end: end) {
                try await store.repository.touch(session.id) == .recorded
            }
        }
    }

    @Test("A grant ends by itself at its expiry")
    func grant() async throws {
        try await withStore { store in
            let grant = try await store.grant(for: .milliseconds(150))
            let end = try #require(grant.expiresAt.unixMilliseconds)
            try await watch(store, end: end) {
                try await store.repository.findSupportAccessGrant(grant.id) != nil
            }
            #expect(try await store.repository.listSupportAccessGrants(grant.organizationID).isEmpty)
        }
    }
}
