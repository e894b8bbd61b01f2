import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

@Suite("The near cache", .timeLimit(.minutes(5)))
struct NearCacheTests {
    private func withNearCache(
        policy: SessionPolicy = SessionPolicy(), nearCache: NearCachePolicy = .patient,
        tokens: RefreshTokenKeys? = nil,
        _ body: (Store, EmbeddedRedis) async throws -> Void
    ) async throws {
        try await withPrivateStore(
            policy: policy,
            configure: {
                $0.nearCache = nearCache
                $0.refreshTokenKeys = tokens
            }, body)
    }

    @Test("answers without asking Redis, and counts what it does")
    func hits() async throws {
        try await withNearCache { store, _ in
            let session = try await store.create(for: try store.user())
            try await store.remember(session)
            let calls = try await store.redis.send("INFO", "commandstats").string?.count(of: "cmdstat_hmget:calls=")
            let before = store.statistics
            for _ in 0..<100 { #expect(try await store.repository.authorize(session.id) == .active(session)) }
            #expect(store.statistics.hits == before.hits + 100)
            #expect(store.statistics.misses == before.misses)
            #expect(store.statistics.entries == 1)
            let after = try await store.redis.send("INFO", "commandstats").string?.count(of: "cmdstat_hmget:calls=")
            #expect(calls == after)
        }
    }

    @Test("is off unless it is configured")
    func off() async throws {
        try await withStore { store in
            let session = try await store.create(for: try store.user())
            for _ in 0..<3 { #expect(try await store.repository.authorize(session.id) == .active(session)) }
            #expect(store.statistics == NearCacheStatistics())
        }
    }

    @Test("remembers neither ended nor unknown sessions, nor those under a grant")
    func notRemembered() async throws {
        try await withNearCache { store, _ in
            let user = try store.user()
            let ended = try await store.create(for: user)
            _ = try await store.repository.terminateSession(ended.id)
            let grant = try await store.grant()
            let support = try await store.supportSession(of: user, under: grant.id)
            try await store.waitForNearCache()
            for _ in 0..<3 {
                #expect(try await store.repository.authorize(ended.id).termination != nil)
                #expect(try await store.repository.authorize(try unknownSession()) == .unknown)
                #expect(try await store.repository.authorize(support.id) == .active(support))
            }
            #expect(store.statistics.entries == 0)
            #expect(store.statistics.hits == 0)
        }
    }

    @Test("refuses soon what another process has ended")
    func elsewhere() async throws {
        try await withNearCache { store, server in
            try await store.elsewhere(server.url) { other in
                let user = try store.user()
                let sessions = try await store.create(20, for: user)
                for session in sessions { try await store.remember(session) }
                for session in sessions.dropLast(10) {
                    _ = try await other.terminateSession(session.id)
                    try await eventually("it is refused", within: .seconds(20)) {
                        try await store.repository.authorize(session.id).termination != nil
                    }
                }
                _ = try await other.terminateAllSessionsByUser(user)
                try await eventually("all are refused", within: .seconds(20)) {
                    for session in sessions where try await store.repository.authorize(session.id).session != nil {
                        return false
                    }
                    return true
                }
            }
            #expect(store.statistics.invalidations >= 20)
        }
    }

    @Test("forgets at once what its own process changes, though nothing is heard of changes")
    func ownWrites() async throws {
        var policy = SessionPolicy()
        policy.activityResolution = .zero
        policy.maximumSessionsPerUser = 5
        policy.reuseInterval = .zero
        let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withNearCache(policy: policy, tokens: tokens) { store, _ in
            let repository = store.repository
            let user = try store.user()
            let token = try #require(try await repository.createSession(store.session(for: user)).refreshToken)
            let sessions = try await store.create(4, for: user)
            for session in sessions { try await store.remember(session) }
            try await store.deafen()
            #expect(try await repository.authorize(sessions[0].id).session != nil)

            _ = try await repository.terminateSession(sessions[0].id)
            #expect(try await repository.authorize(sessions[0].id).termination != nil)

            let thief = try #require(repository.sessionID(of: token))
            _ = try await repository.authorize(thief)
            _ = try await repository.rotateRefreshToken(token)
            #expect(try await repository.authorize(thief).session != nil)
            #expect(try await repository.rotateRefreshToken(token).word == "reuse")
            #expect(try await repository.authorize(thief).termination != nil)

            try await store.nextMillisecond()
            #expect(try await repository.touch(sessions[1].id, ipAddress: "203.0.113.9") == .recorded)
            #expect(try await repository.authorize(sessions[1].id).session?.ipAddress == "203.0.113.9")
            guard case .shortened(let end) = try await repository.shortenSession(sessions[1].id, for: .seconds(600))
            else {
                Issue.record("it must be shortened")
                return
            }
            #expect(try await repository.authorize(sessions[1].id).session?.expiresAt == end)
            let renewed = try #require(try await repository.renewSession(sessions[1].id, ticket: .none).created).session
            #expect(try await repository.authorize(sessions[1].id).termination != nil)
            #expect(try await repository.authorize(renewed.id).session != nil)

            // The least recently active makes room.
            let newcomers = try await store.create(5, for: user)
            for session in sessions + [renewed] {
                #expect(try await repository.authorize(session.id).termination != nil)
            }
            for session in newcomers { _ = try await repository.authorize(session.id) }
            _ = try await repository.terminateAllSessionsByUser(user)
            for session in newcomers { #expect(try await repository.authorize(session.id).termination != nil) }

            let last = try await store.create(for: user)
            _ = try await repository.authorize(last.id)
            _ = try await repository.terminateAllSessions()
            #expect(try await repository.authorize(last.id).termination != nil)
        }
    }

    @Test("believes what it remembers for no longer than the bound, when nothing is heard of changes")
    func staleness() async throws {
        var bound = NearCachePolicy()
        bound.maximumStaleness = .milliseconds(700)
        try await withNearCache(nearCache: bound) { store, server in
            let session = try await store.create(for: try store.user())
            try await store.remember(session)
            try await store.deafen()
            try await store.elsewhere(server.url) { other in
                // As late as can be.
                _ = try await store.repository.authorize(session.id)
                _ = try await other.terminateSession(session.id)
                let ended = ContinuousClock.now
                try await eventually("it is refused") {
                    let asked = ContinuousClock.now
                    let isActive = try await store.repository.authorize(session.id).session != nil
                    #expect(!isActive || asked < ended + .milliseconds(700))
                    return !isActive
                }
            }
        }
    }

    @Test("lets sessions expire on the millisecond, by Redis' clock")
    func expiry() async throws {
        var policy = SessionPolicy()
        policy.idleTimeout = .milliseconds(1600)
        try await withNearCache(policy: policy) { store, _ in
            let user = try store.user()
            for lifetime in [Duration.seconds(3600), .milliseconds(1200)] {
                let session = try await store.repository.createSession(
                    NewSession(userID: user, ticket: .none, lifetime: lifetime)
                )
                .session
                let end = try await store.expiry(of: store.keys.session(session.id))
                var isOver = false
                while !isOver {
                    let now = try await store.now()
                    let answer = try await store.repository.authorize(session.id)
                    isOver = answer == .unknown
                    // At that millisecond Redis itself still has it.
                    #expect(isOver || now <= end)
                }
            }
            #expect(store.statistics.hits > 0)
        }
    }

    @Test("forgets everything when the store is emptied")
    func flushAll() async throws {
        try await withNearCache { store, _ in
            let session = try await store.create(for: try store.user())
            try await store.remember(session)
            try await store.redis.send("FLUSHALL")
            try await eventually("it is unknown", within: .seconds(20)) {
                try await store.repository.authorize(session.id) == .unknown
            }
            #expect(store.statistics.flushes > 0)
            try await store.remember(try await store.create(for: try store.user()))
        }
    }

    @Test(
        "forgets everything when either connection is lost, and remembers again afterwards",
        arguments: [["TYPE", "pubsub"], ["TYPE", "normal", "SKIPME", "yes"]])
    func killed(_ which: [String]) async throws {
        try await withNearCache { store, server in
            try await store.elsewhere(server.url) { other in
                for _ in 0..<5 {
                    let session = try await store.create(for: try store.user())
                    try await store.remember(session)
                    let flushes = store.statistics.flushes
                    try await store.redis.send(["CLIENT", "KILL"] + which)
                    try await eventually("it is noticed") { store.statistics.flushes > flushes }
                    _ = try await other.terminateSession(session.id)
                    #expect(try await store.repository.authorize(session.id).termination != nil)
                    // Heard of by the new pair.
                    let next = try await store.create(for: try store.user())
                    try await store.remember(next)
                    _ = try await other.terminateSession(next.id)
                    try await eventually("it is refused", within: .seconds(20)) {
                        try await store.repository.authorize(next.id).termination != nil
                    }
                }
            }
        }
    }

    @Test(
        "is bypassed where the server does not permit what it needs, and all else works",
        arguments: [["-client|tracking"], ["-client|id"], ["-info"], ["-subscribe"], ["resetchannels"], ["-pttl"]])
    func notPermitted(_ rules: [String]) async throws {
        try await withPrivateServer { server in
            let administrator = try RedisClient.raw(server.url)
            try await administrator.send(["ACL", "SETUSER", "app", "on", ">s3cret", "~*", "&*", "+@all"] + rules)
            let url = "redis+unix://app:s3cret@\(server.unixSocketPath)"
            try await withRepository(at: try RedisServer(url: url), configure: { $0.nearCache = .patient }) { app in
                let session = try await app.createSession(NewSession(userID: try UserID("user-42"), ticket: .none))
                    .session
                for _ in 0..<50 { #expect(try await app.authorize(session.id) == .active(session)) }
                // Long enough for a second attempt.
                try await eventually("it has been tried") { try await administrator.denials() > 0 }
                for _ in 0..<50 { #expect(try await app.authorize(session.id) == .active(session)) }
                #expect(app.nearCacheStatistics.hits == 0)
                // Tracking comes about there, but nothing tells how long a session may be remembered.
                if rules != ["-pttl"] { #expect(app.nearCacheStatistics.bypasses > 0) }
                _ = try await app.terminateSession(session.id)
                #expect(try await app.authorize(session.id).termination != nil)
            }
            await administrator.shutdown()
        }
    }
}

extension RedisClient {
    /// How often somebody was refused something.
    fileprivate func denials() async throws -> Int {
        try await send("ACL", "LOG").array.count
    }
}

extension String {
    /// The number after the name.
    fileprivate func count(of name: String) -> Int? {
        firstRange(of: name).flatMap { Int(self[$0.upperBound...].prefix { $0.isNumber }) }
    }
}
