import Foundation
import Testing

@testable import SessionRepository

@Suite("Invalidating a refresh-token chain")
struct RefreshTokenChainTests {
    @Test("The session goes on; the chain stays invalid until no token of it can be left")
    func knownSession() async throws {
        try await withStore { store in
            let session = try await store.create(for: try store.user())
            #expect(try await store.repository.refreshTokenChainState(session.id) == .valid)
            #expect(try await store.repository.isRefreshTokenChainInvalidated(session.id) == false)
            let before = try await store.now()
            #expect(
                try await store.repository.invalidateRefreshTokenChain(session.id, reason: "stolen") == .invalidated)
            let after = try await store.now()
            #expect(try await store.repository.refreshTokenChainState(session.id) == .invalidated(reason: "stolen"))
            #expect(try await store.repository.isRefreshTokenChainInvalidated(session.id))
            #expect(try await store.repository.authorize(session.id) == .active(session))
            let end = try #require(session.expiresAt.unixMilliseconds)
            let chainEnd = try await store.expiry(of: store.keys.chain(session.id))
            #expect((end...end + after - before).contains(chainEnd))
        }
    }

    @Test("A short session's chain stays invalid for the retention at least")
    func shortSession() async throws {
        var policy = SessionPolicy()
        policy.terminatedRetention = .seconds(600)
        policy.lifetime = .seconds(100)
        try await withStore(policy: policy) { store in
            let session = try await store.create(for: try store.user())
            let before = try await store.now()
            _ = try await store.repository.invalidateRefreshTokenChain(session.id)
            let after = try await store.now()
            let end = try await store.expiry(of: store.keys.chain(session.id))
            #expect((before + 600_000...after + 600_000).contains(end))
        }
    }

    @Test("An unknown session's chain is invalidated too, for as long as a token can live")
    func unknownSession() async throws {
        try await withStore { store in
            let id = SessionID(for: try store.user())
            let before = try await store.now()
            #expect(try await store.repository.invalidateRefreshTokenChain(id) == .invalidated)
            let after = try await store.now()
            #expect(try await store.repository.refreshTokenChainState(id) == .invalidated(reason: nil))
            let longest = InputLimits.longestLifetime.wholeMilliseconds
            let end = try await store.expiry(of: store.keys.chain(id))
            #expect((before + longest...after + longest).contains(end))
            #expect(try await store.repository.authorize(id) == .unknown)
        }
    }

    @Test("A second time changes neither the reason nor the end")
    func already() async throws {
        try await withStore { store in
            let session = try await store.create(for: try store.user())
            #expect(try await store.repository.invalidateRefreshTokenChain(session.id, reason: "one") == .invalidated)
            let before = try await store.snapshot()
            #expect(
                try await store.repository.invalidateRefreshTokenChain(session.id, reason: "two")
                    == .alreadyInvalidated)
            #expect(try await store.snapshot() == before)
        }
    }

    @Test("After the session was terminated it had been invalidated already")
    func terminated() async throws {
        try await withStore { store in
            let session = try await store.create(for: try store.user())
            _ = try await store.repository.terminateSession(session.id, by: nil, reason: "lost")
            #expect(try await store.repository.invalidateRefreshTokenChain(session.id) == .alreadyInvalidated)
            #expect(try await store.repository.refreshTokenChainState(session.id) == .invalidated(reason: "lost"))
        }
    }

    @Test("A session whose chain was invalidated can still be terminated, and then says why")
    func thenTerminated() async throws {
        try await withStore { store in
            let session = try await store.create(for: try store.user())
            _ = try await store.repository.invalidateRefreshTokenChain(session.id, reason: "stolen")
            #expect(try await store.repository.terminateSession(session.id, by: nil, reason: "lost") == .terminated)
            #expect(try await store.repository.isRefreshTokenChainInvalidated(session.id))
        }
    }
}
