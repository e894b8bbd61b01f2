import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

@Suite("Touching with a near cache", .timeLimit(.minutes(5)))
struct AbsorbedTouchTests {
    /// A session with an address, whose activity was recorded long ago.
    private func withQuietSession(
        policy: SessionPolicy = SessionPolicy(), _ body: (Store, EmbeddedRedis, Session) async throws -> Void
    ) async throws {
        try await withPrivateStore(policy: policy, configure: { $0.nearCache = .patient }) { store, server in
            let session = try await store.create(for: try store.user())
            try await store.letRest(session, for: 3_600_000)
            try await body(store, server, session)
        }
    }

    @Test("Redis is asked once within the resolution, and all else comes from memory")
    func absorbed() async throws {
        try await withQuietSession { store, _, session in
            #expect(try await store.repository.touch(session.id, ipAddress: session.ipAddress) == .recorded)
            try await store.remember(session)
            let (before, absorbed) = (try await store.commands(), store.statistics.absorbedTouches)
            for address in [session.ipAddress, nil, "203.0.113.7"] {
                for _ in 0..<20 {
                    #expect(try await store.repository.touch(session.id, ipAddress: address) == .recent)
                }
            }
            #expect(try await store.commands() == before)
            #expect(store.statistics.absorbedTouches == absorbed + 60)
        }
    }

    @Test("What another process has recorded counts too, for as long as Redis says")
    func recordedElsewhere() async throws {
        try await withQuietSession { store, server, session in
            try await store.elsewhere(server.url) { other in
                let outcome = try await other.touch(session.id)
                #expect(outcome == .recorded)
            }
            #expect(try await store.repository.touch(session.id) == .recent)
            try await store.remember(session)
            let before = try await store.commands()
            for _ in 0..<20 { #expect(try await store.repository.touch(session.id) == .recent) }
            #expect(try await store.commands() == before)
        }
    }

    @Test("Recorded activity lags by no more than the resolution")
    func lag() async throws {
        var policy = SessionPolicy()
        policy.activityResolution = .milliseconds(300)
        try await withPrivateStore(policy: policy, configure: { $0.nearCache = .patient }) { store, _ in
            let session = try await store.create(for: try store.user())
            try await store.waitForNearCache()
            var last = try #require(session.lastActivityAt.unixMilliseconds)
            var records = 0
            while records < 5 {
                let before = try await store.now()
                let outcome = try await store.repository.touch(session.id)
                // Absorbed or not: nobody said "recent" who should have recorded.
                if outcome == .recent { #expect(before < last + 300) }
                let found = try await store.repository.authorize(session.id).session
                let seen = try #require(found?.lastActivityAt.unixMilliseconds)
                if outcome == .recorded {
                    #expect(seen >= before)
                    records += 1
                }
                last = seen
            }
            #expect(store.statistics.absorbedTouches > 0)
        }
    }

    @Test("A session with a short idle timeout does not run into it while its user is active")
    func shortIdle() async throws {
        var policy = SessionPolicy()
        policy.idleTimeout = .seconds(2)
        try await withPrivateStore(policy: policy, configure: { $0.nearCache = .patient }) { store, _ in
            let session = try await store.create(for: try store.user())
            let end = try await store.now() + 2500
            while try await store.now() < end {
                _ = try await store.repository.touch(session.id)
                #expect(try await store.repository.authorize(session.id).session != nil)
            }
            #expect(store.statistics.absorbedTouches > 0)
        }
    }

    @Test("Another address is never absorbed, and is recorded at once")
    func address() async throws {
        try await withQuietSession { store, server, session in
            #expect(try await store.repository.touch(session.id) == .recorded)
            try await store.remember(session)
            let calls = try await store.commands()["evalsha"] ?? 0
            #expect(try await store.repository.touch(session.id, ipAddress: "203.0.113.9") == .recorded)
            #expect(try await store.commands()["evalsha"] == calls + 1)
            #expect(try await store.repository.authorize(session.id).session?.ipAddress == "203.0.113.9")
            // Nor when the next activity is not due for long.
            try await store.remember(session)
            #expect(try await store.repository.touch(session.id) == .recent)
            #expect(try await store.repository.touch(session.id, ipAddress: "203.0.113.10") == .recorded)
            #expect(try await store.repository.authorize(session.id).session?.ipAddress == "203.0.113.10")
            // By any spelling.
            _ = try await store.repository.touch(session.id, ipAddress: "2001:DB8:0::1")
            try await store.letRest(session, for: 3_600_000)
            #expect(try await store.repository.touch(session.id, ipAddress: "2001:DB8:0::1") == .recorded)
            try await store.remember(session)
            let before = try await store.commands()
            #expect(try await store.repository.touch(session.id, ipAddress: "2001:DB8:0::1") == .recent)
            #expect(try await store.commands() == before)
            // By any spelling, and without one that is unusable.
            for text in ["[2001:db8::1]:443", "2001:db8::1%eth0", "nowhere"] {
                #expect(try await store.repository.touch(session.id, ipAddress: text) == .recent)
            }
            #expect(try await store.commands() == before)
        }
    }

    @Test("An ended session is not active at once, and soon where another process ended it")
    func ended() async throws {
        try await withQuietSession { store, server, session in
            #expect(try await store.repository.touch(session.id) == .recorded)
            try await store.remember(session)
            #expect(try await store.repository.touch(session.id) == .recent)
            _ = try await store.repository.terminateSession(session.id)
            #expect(try await store.repository.touch(session.id) == .notActive)

            let other = try await store.create(for: session.userID)
            #expect(try await store.repository.touch(other.id) == .recent)
            try await store.remember(other)
            #expect(try await store.repository.touch(other.id) == .recent)
            try await store.elsewhere(server.url) { elsewhere in
                _ = try await elsewhere.terminateAllSessionsByUser(session.userID)
            }
            try await eventually("it is not active", within: .seconds(20)) {
                try await store.repository.touch(other.id) == .notActive
            }
            #expect(try await store.repository.touch(other.id) == .notActive)
        }
    }

    @Test("Nothing is absorbed of a session that is not remembered, and without a near cache")
    func notRemembered() async throws {
        try await withQuietSession { store, server, session in
            #expect(try await store.repository.touch(session.id) == .recorded)
            for _ in 0..<5 { #expect(try await store.repository.touch(session.id) == .recent) }
            #expect(store.statistics.absorbedTouches == 0)
            let grant = try await store.grant()
            let support = try await store.supportSession(of: session.userID, under: grant.id)
            for _ in 0..<5 {
                _ = try await store.repository.authorize(support.id)
                #expect(try await store.repository.touch(support.id) == .recent)
            }
            _ = try await store.repository.revokeSupportAccessGrant(grant.id)
            #expect(try await store.repository.touch(support.id) == .notActive)
            #expect(store.statistics.absorbedTouches == 0)
            try await store.elsewhere(server.url) { other in
                for _ in 0..<5 {
                    _ = try await other.authorize(session.id)
                    #expect(try await other.touch(session.id) == .recent)
                }
                #expect(other.nearCacheStatistics == NearCacheStatistics())
            }
        }
    }
}

extension Store {
    /// As if the last activity had been recorded that many milliseconds ago.
    fileprivate func letRest(_ session: Session, for milliseconds: Int64) async throws {
        let before = statistics.invalidations
        let isRemembered = statistics.entries > 0
        try await redis.send("HSET", keys.session(session.id), "seen", String(try await now() - milliseconds))
        if isRemembered { try await eventually("it is forgotten") { statistics.invalidations > before } }
    }

    /// How often each command that the repository sends was called. Others are sent by what keeps connections alive and
    /// by the test itself.
    fileprivate func commands() async throws -> [String: Int] {
        let text = try #require(try await redis.send("INFO", "commandstats").string)
        var calls: [String: Int] = [:]
        for match in text.matches(of: /cmdstat_(hmget|pttl|evalsha|eval|hgetall|hset):calls=(\d+)/) {
            calls[String(match.1)] = Int(match.2)
        }
        return calls
    }
}
