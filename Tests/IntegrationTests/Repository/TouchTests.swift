import Foundation
import Testing

@testable import SessionRepository

@Suite("Touching a session")
struct TouchTests {
    private func policy(resolution: Duration) -> SessionPolicy {
        var policy = SessionPolicy()
        policy.activityResolution = resolution
        return policy
    }

    @Test("It moves the idle expiry of record and index, and the address")
    func slides() async throws {
        try await withStore(policy: policy(resolution: .zero)) { store in
            let user = try store.user()
            let new = NewSession(
                userID: user, ticket: .none, ipAddress: "203.0.113.7", lifetime: .seconds(3000),
                idleTimeout: .seconds(100))
            let created = try await store.repository.createSession(new).session
            try await store.nextMillisecond()
            #expect(try await store.repository.touch(created.id, ipAddress: "::FFFF:192.0.2.1") == .recorded)
            let touched = try #require(try await store.repository.findSession(created.id))
            #expect(touched.lastActivityAt > created.lastActivityAt)
            #expect(touched.ipAddress == "192.0.2.1")
            #expect(touched.expiresAt == created.expiresAt)
            #expect(touched.createdAt == created.createdAt)
            let end = try #require(touched.lastActivityAt.unixMilliseconds) + 100_000
            #expect(try await store.expiry(of: store.keys.session(created.id)) == end)
            let index = store.keys.userIndex(user)
            #expect(try await store.score(of: created.id.value.random.text, in: index) == end)
            #expect(try await store.expiry(of: index) == end)
        }
    }

    @Test("Without an address it leaves the address alone")
    func noAddress() async throws {
        try await withStore(policy: policy(resolution: .zero)) { store in
            let created = try await store.create(for: try store.user())
            #expect(try await store.repository.touch(created.id) == .recorded)
            #expect(try await store.repository.findSession(created.id)?.ipAddress == created.ipAddress)
        }
    }

    @Test("Within the resolution nothing is written")
    func recent() async throws {
        try await withStore(policy: policy(resolution: .seconds(3600))) { store in
            let created = try await store.create(for: try store.user())
            let before = try await store.snapshot()
            #expect(try await store.repository.touch(created.id) == .recent)
            #expect(try await store.repository.touch(created.id, ipAddress: created.ipAddress) == .recent)
            #expect(try await store.snapshot() == before)
        }
    }

    @Test("Another address within the resolution leaves the ends alone, and a count until activity is recorded")
    func moves() async throws {
        let keys = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withStore(
            policy: policy(resolution: .seconds(3600)), configure: { $0.refreshTokenKeys = keys }
        ) { store in
            let created = try await store.create(for: try store.user())
            let key = store.keys.session(created.id)
            let (before, end) = (try await store.hash(key), try await store.expiry(of: key))
            for number in 1...6 {
                let outcome = try await store.repository.touch(created.id, ipAddress: "192.0.2.\(number)")
                #expect(outcome == (number <= 4 ? .recorded : .recent))
                var expected = before
                (expected["ip"], expected["moves"]) = ("192.0.2.\(min(number, 4))", "\(min(number, 4))")
                #expect(try await store.hash(key) == expected)
                #expect(try await store.expiry(of: key) == end)
            }
            try await store.redis.send("HINCRBY", key, "seen", "-3600001")
            #expect(try await store.repository.touch(created.id) == .recorded)
            #expect(try await store.hash(key)["moves"] == nil)
            #expect(try await store.repository.touch(created.id, ipAddress: "192.0.2.9") == .recorded)
            #expect(try await store.hash(key)["moves"] == "1")
            let token = try store.token(of: created.id)
            #expect(try await store.repository.rotateRefreshToken(token).word == "rotated")
            #expect(try await store.hash(key)["moves"] == nil)
            // A count that cannot be read allows none.
            try await store.redis.send("HSET", key, "moves", "x")
            #expect(try await store.repository.touch(created.id, ipAddress: "192.0.2.10") == .recent)
            #expect(try await store.hash(key)["ip"] == "192.0.2.9")
        }
    }

    @Test("It never moves the end beyond the absolute one")
    func absoluteEnd() async throws {
        try await withStore(policy: policy(resolution: .zero)) { store in
            let new = NewSession(
                userID: try store.user(), ticket: .none, lifetime: .seconds(100), idleTimeout: .seconds(99))
            let created = try await store.repository.createSession(new).session
            // As if it had begun five seconds earlier.
            let end = try #require(created.expiresAt.unixMilliseconds) - 5000
            try await store.redis.send("HSET", store.keys.session(created.id), "expires", "\(end)")
            #expect(try await store.repository.touch(created.id) == .recorded)
            #expect(try await store.expiry(of: store.keys.session(created.id)) == end)
        }
    }

    @Test("It never revives or creates")
    func revives() async throws {
        try await withStore(policy: policy(resolution: .zero)) { store in
            let user = try store.user()
            let terminated = try await store.create(for: user)
            _ = try await store.repository.terminateSession(terminated.id)
            let before = try await store.snapshot()
            #expect(try await store.repository.touch(terminated.id, ipAddress: "192.0.2.9") == .notActive)
            #expect(try await store.repository.touch(SessionID(for: user)) == .notActive)
            #expect(try await store.snapshot() == before)
        }
    }

    @Test("An address that is left out is logged by its length, once a minute as a warning, and never its text")
    func badAddress() async throws {
        let log = CapturedLog()
        let hostile = "example.org\u{1B}[31m\n"
        try await withStore { store in
            let session = try await store.create(for: try store.user())
            var configuration = RedisSessionRepositoryConfiguration(server: store.server)
            configuration.keyPrefix = store.prefix
            let repository = try RedisSessionRepository(configuration: configuration, logger: log.logger)
            #expect(log.text.isEmpty)
            for _ in 0..<3 { #expect(try await repository.touch(session.id, ipAddress: hostile) == .recent) }
            _ = try await repository.createSession(
                NewSession(userID: session.userID, ticket: .none, ipAddress: "unknown"))
            await repository.shutdown()
        }
        let lines = log.text.split(separator: "\n").filter { $0.contains("an IP address was left out") }
        #expect(lines.count == 4)
        #expect(lines.first?.hasPrefix("warning ") == true)
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("debug ") })
        #expect(lines.first?.contains("its 17 bytes are") == true)
        #expect(!log.text.contains("example.org"))
        #expect(!log.text.contains("unknown"))
    }

    @Test("Touching and terminating at the same time leave the session terminated")
    func race() async throws {
        try await withStore(policy: policy(resolution: .zero)) { store in
            let user = try store.user()
            let sessions = try await store.create(16, for: user)
            _ = try await inParallel(64) { number in
                let id = sessions[number % 16].id
                if number / 16 == 2 {
                    #expect(try await store.repository.terminateSession(id) == .terminated)
                } else {
                    _ = try await store.repository.touch(id)
                }
            }
            #expect(try await store.repository.findActiveSessionsByUser(user).isEmpty)
            for session in sessions {
                #expect(try await store.repository.authorize(session.id).termination != nil)
            }
        }
    }

    @Test("A session with a short idle timeout does not run into it while its user is active")
    func shortIdle() async throws {
        try await withStore { store in
            var new = store.session(for: try store.user())
            // Not above the default resolution, within which no second activity is recorded otherwise.
            new.idleTimeout = .seconds(60)
            let session = try await store.repository.createSession(new).session
            let key = store.keys.session(session.id)
            #expect(try await store.repository.touch(session.id) == .recent)
            try await store.redis.send("HSET", key, "seen", String(try await store.now() - 7_000))
            try await store.redis.send("PEXPIRE", key, "50000")
            #expect(try await store.repository.touch(session.id) == .recorded)
            #expect(try await store.remaining(of: key) > 50_000)
        }
    }
}
