import Foundation
import Testing

@testable import SessionRepository

@Suite("The end that a record leaves out")
struct DefaultLifetimeTests {
    private static let day: Int64 = 86_400_000
    private static let usual = 30 * day

    private func create(_ lifetime: Duration?, for user: UserID, in store: Store) async throws -> Session {
        try await store.repository.createSession(NewSession(userID: user, ticket: .none, lifetime: lifetime)).session
    }

    private func recordedExpires(_ session: Session, in store: Store) async throws -> String? {
        try await store.hash(store.keys.session(session.id))["expires"]
    }

    @Test("is 30 days after the creation, exactly: any other one is recorded")
    func leftOut() async throws {
        #expect(SessionPolicy().lifetime.wholeMilliseconds == SessionField.usualLifetime)
        try await withStore { store in
            for (lifetime, milliseconds) in [
                (nil, Self.usual), (.milliseconds(Self.usual), Self.usual),
                (.milliseconds(Self.usual - 1), Self.usual - 1), (.milliseconds(Self.usual + 1), Self.usual + 1),
                (.seconds(60), 60_000),
            ] as [(Duration?, Int64)] {
                let session = try await create(lifetime, for: try store.user(), in: store)
                let end = try #require(session.createdAt.unixMilliseconds) + milliseconds
                #expect(session.expiresAt.unixMilliseconds == end)
                let recorded = try await recordedExpires(session, in: store)
                #expect(recorded == (milliseconds == Self.usual ? nil : "\(end)"))
                #expect(try await store.repository.authorize(session.id) == .active(session))
                #expect(try await store.repository.findSession(session.id) == session)
            }
            let user = try store.user()
            let listed = try await store.repository.findActiveSessionsByUser(user)
            #expect(Set(listed.map { ($0.expiresAt.timeIntervalSince($0.createdAt) * 1000).rounded() }).count == 4)
        }
    }

    @Test("is the same where a record spells it out")
    func spelledOut() async throws {
        try await withStore { store in
            let session = try await create(nil, for: try store.user(), in: store)
            let key = store.keys.session(session.id)
            let end = try #require(session.expiresAt.unixMilliseconds)
            try await store.redis.send("HSET", key, "expires", "\(end)")
            #expect(try await store.repository.authorize(session.id) == .active(session))
        }
    }

    @Test("bounds what activity and rotation move", arguments: [true, false])
    func bound(rotates: Bool) async throws {
        var policy = SessionPolicy()
        policy.activityResolution = .zero
        let keys = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withStore(policy: policy, configure: { $0.refreshTokenKeys = keys }) { store in
            let session = try await create(nil, for: try store.user(), in: store)
            let key = store.keys.session(session.id)
            // As if the session had begun 29 days ago: what is left is less than the idle timeout.
            let created = try #require(session.createdAt.unixMilliseconds) - 29 * Self.day
            try await store.redis.send("HSET", key, "created", "\(created)")
            try await store.nextMillisecond()
            if rotates {
                let token = try store.token(of: session.id)
                _ = try #require(try await store.repository.rotateRefreshToken(token).successor)
            } else {
                #expect(try await store.repository.touch(session.id) == .recorded)
            }
            #expect(try await store.expiry(of: key) == created + Self.usual)
        }
    }

    @Test(
        "A renewal gives as long as the old one was given, or what it is told",
        arguments: [nil, .seconds(60)] as [Duration?], [nil, .seconds(90)] as [Duration?])
    func renewal(old: Duration?, new: Duration?) async throws {
        try await withStore { store in
            let session = try await create(old, for: try store.user(), in: store)
            let outcome = try await store.repository.renewSession(
                session.id, as: SessionID(renewing: session.id), ticket: .none, authenticatedAt: nil, lifetime: new)
            let renewed = try #require(outcome.created).session
            let lifetime = (new ?? old)?.wholeMilliseconds
            let end = try #require(renewed.createdAt.unixMilliseconds) + (lifetime ?? Self.usual)
            #expect(renewed.expiresAt.unixMilliseconds == end)
            #expect(try await recordedExpires(renewed, in: store) == (lifetime == nil ? nil : "\(end)"))
            let fields = try await store.hash(store.keys.session(renewed.id))
            #expect(fields["id"] == String(renewed.id.value.random.text.prefix(8)))
        }
    }

    @Test("A grant that is shortened is written into the session's record")
    func shortened() async throws {
        try await withStore { store in
            let grant = try await store.grant(for: .seconds(30 * 86_400))
            let session = try await store.supportSession(of: try store.user("admin"), under: grant.id)
            let shorter = try await store.grant(for: .seconds(600), id: grant.id)
            let end = try #require(shorter.expiresAt.unixMilliseconds)
            #expect(try await recordedExpires(session, in: store) == "\(end)")
            #expect(try await store.repository.findSession(session.id)?.expiresAt == shorter.expiresAt)
        }
    }

    @Test("A chain stays invalidated until the session would have ended, however it ends")
    func chains() async throws {
        var policy = SessionPolicy()
        policy.terminatedRetention = .seconds(3600)
        try await withStore(policy: policy) { store in
            let user = try store.user()
            let sessions = [
                try await create(nil, for: user, in: store), try await create(nil, for: user, in: store),
                try await create(nil, for: user, in: store),
            ]
            #expect(try await store.repository.terminateSession(sessions[0].id) == .terminated)
            #expect(try await store.repository.invalidateRefreshTokenChain(sessions[1].id) == .invalidated)
            _ = try await store.repository.renewSession(sessions[2].id, ticket: .none)
            for session in sessions {
                let end = try #require(session.expiresAt.unixMilliseconds)
                let chain = try await store.expiry(of: store.keys.chain(session.id))
                // Counted from the server's time at the script's beginning, and read again here.
                #expect(abs(chain - end) < 1000)
            }
        }
    }

    @Test("So it does where a bulk termination reads the records, of which some leave the end out")
    func bulk() async throws {
        var policy = SessionPolicy()
        policy.lifetime = .seconds(7 * 86_400)
        policy.terminatedRetention = .seconds(3600)
        try await withStore(policy: policy) { store in
            let user = try store.user()
            let short = try await create(nil, for: user, in: store)
            let usual = try await create(.milliseconds(Self.usual), for: user, in: store)
            #expect(try await recordedExpires(usual, in: store) == nil)
            #expect(try await store.repository.terminateAllSessionsByUser(user) == 2)
            for session in [short, usual] {
                let end = try #require(usual.expiresAt.unixMilliseconds)
                let chain = try await store.expiry(of: store.keys.chain(session.id))
                // A bound: the record is not asked when it began.
                #expect((end...end + Self.day + 60_000).contains(chain))
            }
        }
    }

    @Test("Ending everyone's sessions keeps chains until the latest end, exactly")
    func everyone() async throws {
        var policy = SessionPolicy()
        policy.terminatedRetention = .seconds(3600)
        try await withStore(policy: policy) { store in
            let user = try store.user()
            let sessions = [
                try await create(.seconds(86_400), for: user, in: store), try await create(nil, for: user, in: store),
            ]
            #expect(try await store.repository.terminateAllSessions() == 2)
            for session in sessions {
                let chain = store.keys.chain(session.id)
                #expect(try await store.expiry(of: chain) == sessions[1].expiresAt.unixMilliseconds)
            }
        }
    }

    @Test("A session that makes room has its chain invalidated as long")
    func room() async throws {
        var policy = SessionPolicy()
        policy.maximumSessionsPerUser = 1
        policy.terminatedRetention = .seconds(3600)
        try await withStore(policy: policy) { store in
            let user = try store.user()
            let first = try await create(nil, for: user, in: store)
            _ = try await create(nil, for: user, in: store)
            let end = try #require(first.expiresAt.unixMilliseconds)
            let chain = try await store.expiry(of: store.keys.chain(first.id))
            #expect(abs(chain - end) < 1000)
        }
    }

    @Test("A record without either time is damaged to all that needs the end")
    func neither() async throws {
        var policy = SessionPolicy()
        policy.activityResolution = .zero
        let keys = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withStore(policy: policy, configure: { $0.refreshTokenKeys = keys }) { store in
            let session = try await create(nil, for: try store.user(), in: store)
            let key = store.keys.session(session.id)
            try await store.redis.send("HDEL", key, "created")
            let token = try store.token(of: session.id)
            let attempts: [(RedisSessionRepository) async throws -> Void] = [
                { _ = try await $0.touch(session.id) }, { _ = try await $0.renewSession(session.id, ticket: .none) },
                { _ = try await $0.rotateRefreshToken(token) }, { _ = try await $0.authorize(session.id) },
                { _ = try await $0.shortenSession(session.id, for: .seconds(1)) },
            ]
            let before = try await store.snapshot()
            for attempt in attempts {
                do {
                    try await attempt(store.repository)
                    Issue.record("a record without an end must be an error")
                } catch SessionRepositoryError.corruptRecord(key: let damaged, problem: _) {
                    #expect(damaged == key)
                }
            }
            #expect(try await store.snapshot() == before)
            #expect(try await store.repository.terminateSession(session.id) == .terminated)
        }
    }
}
