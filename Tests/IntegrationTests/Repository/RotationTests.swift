import Foundation
import RedisClient
import Testing

@testable import SessionRepository

@Suite("Rotation of refresh tokens")
struct RotationTests {
    private let keys: RefreshTokenKeys

    init() throws {
        keys = try RefreshTokenKeys(signing: .generate(id: "k1"))
    }

    private func withTokens(
        policy: SessionPolicy = SessionPolicy(),
        _ body: (Store, Session, RefreshToken) async throws -> Void
    ) async throws {
        try await withStore(policy: policy) {
            $0.refreshTokenKeys = keys
        } _: { store in
            let user = try store.user()
            let created = try await store.repository.createSession(store.session(for: user))
            try await body(store, created.session, try #require(created.refreshToken))
        }
    }

    @Test("Each token leads to the next one, and to the same session")
    func chain() async throws {
        try await withTokens { store, session, first in
            var token = first
            for generation in 1...40 {
                guard case .rotated(let next, session.id, _) = try await store.repository.rotateRefreshToken(token)
                else {
                    Issue.record("generation \(generation) must rotate")
                    return
                }
                #expect(next.text != token.text)
                token = next
            }
            #expect(try await store.redis.send("HGET", store.keys.session(session.id), "generation") == .string("40"))
        }
    }

    @Test("A thousand rotations of one token at once give one successor: one rotated, the rest repeated")
    func parallel() async throws {
        var policy = SessionPolicy()
        policy.reuseInterval = .seconds(3600)
        try await withTokens(policy: policy) { store, session, token in
            let outcomes = try await withThrowingTaskGroup(of: RotationOutcome.self) { group in
                for _ in 0..<1000 { group.addTask { try await store.repository.rotateRefreshToken(token) } }
                var outcomes: [RotationOutcome] = []
                for try await outcome in group { outcomes.append(outcome) }
                return outcomes
            }
            var successors: Set<String> = []
            var rotated = 0
            for outcome in outcomes {
                switch outcome {
                case .rotated(let next, session.id, _):
                    rotated += 1
                    successors.insert(next.text)
                case .repeated(let next, session.id, _): successors.insert(next.text)
                default: Issue.record("unexpected outcome \(outcome)")
                }
            }
            #expect(rotated == 1)
            #expect(successors.count == 1)

            let successor = RefreshToken(try #require(successors.first))
            #expect(try await store.repository.rotateRefreshToken(successor).word == "rotated")
            #expect(try await store.repository.rotateRefreshToken(token).word == "reuse")
            // Now nothing about that session is usable.
            #expect(try await store.repository.rotateRefreshToken(successor).word == "invalidated")
            #expect(try await store.repository.authorize(session.id).termination != nil)
            #expect(try await store.repository.touch(session.id) == .notActive)
            #expect(try await store.repository.findActiveSessionsByUser(session.userID).isEmpty)
            guard case .notActive = try await store.repository.renewSession(session.id, ticket: .none) else {
                Issue.record("an ended session cannot be renewed")
                return
            }
        }
    }

    @Test("A token two generations old is reuse: the session ends, and no token of it works")
    func reuse() async throws {
        try await withTokens { store, session, first in
            let repository = store.repository
            guard case .rotated(let second, _, _) = try await repository.rotateRefreshToken(first),
                case .rotated(let third, _, _) = try await repository.rotateRefreshToken(second)
            else {
                Issue.record("current tokens must rotate")
                return
            }
            guard case .reuse(session.id) = try await repository.rotateRefreshToken(first) else {
                Issue.record("a spent token must be reuse")
                return
            }
            guard case .terminated(let termination) = try await repository.authorize(session.id) else {
                Issue.record("the session must have ended")
                return
            }
            #expect(termination.reason == Termination.refreshTokenReuseReason)
            #expect(try await repository.findActiveSessionsByUser(session.userID).isEmpty)
            for token in [first, second, third] {
                guard case .invalidated = try await repository.rotateRefreshToken(token) else {
                    Issue.record("no token of the chain may work")
                    return
                }
            }
        }
    }

    @Test("The predecessor is reuse once the interval is over")
    func lateRepeat() async throws {
        var policy = SessionPolicy()
        policy.reuseInterval = .zero
        try await withTokens(policy: policy) { store, session, first in
            _ = try await store.repository.rotateRefreshToken(first)
            guard case .reuse(session.id) = try await store.repository.rotateRefreshToken(first) else {
                Issue.record("with no interval the predecessor is reuse at once")
                return
            }
        }
    }

    @Test("An invalidated chain stays invalidated, also for the predecessor within its interval")
    func invalidated() async throws {
        try await withTokens { store, session, first in
            guard case .rotated(let second, _, _) = try await store.repository.rotateRefreshToken(first) else {
                Issue.record("a current token must rotate")
                return
            }
            #expect(try await store.repository.invalidateRefreshTokenChain(session.id) == .invalidated)
            for token in [first, second] {
                guard case .invalidated = try await store.repository.rotateRefreshToken(token) else {
                    Issue.record("an invalidated chain must not rotate")
                    return
                }
            }
            // The session itself goes on.
            #expect(try await store.repository.findActiveSessionsByUser(session.userID).count == 1)
        }
    }

    @Test("A generation that a failover lost is accepted, and the stored number moves forward")
    func failover() async throws {
        try await withTokens { store, session, first in
            guard case .rotated(let second, _, _) = try await store.repository.rotateRefreshToken(first) else {
                Issue.record("a current token must rotate")
                return
            }
            let key = store.keys.session(session.id)
            try await store.redis.send("HDEL", key, "generation", "rotated")
            guard case .rotated = try await store.repository.rotateRefreshToken(second) else {
                Issue.record("the newer generation must be accepted")
                return
            }
            #expect(try await store.redis.send("HGET", key, "generation") == .string("2"))
        }
    }

    @Test("A generation that nobody was handed is forged, and nothing is written")
    func tooFarAhead() async throws {
        try await withTokens { store, session, first in
            let before = try await store.snapshot()
            for generation: Int64 in [9, 10, 1 << 50] {
                let token = try store.token(of: session.id, generation: generation)
                #expect(try await store.repository.rotateRefreshToken(token).word == "forged")
            }
            #expect(try await store.snapshot() == before)
            #expect(try await store.repository.rotateRefreshToken(first).word == "rotated")
        }
    }

    @Test("Where data was copied, a token of the other prefix or deployment is forged, and its session goes on")
    func copied() async throws {
        try await withTokens { store, session, token in
            let other = KeySpace(prefix: store.prefix + "-copy")
            let copy = other.session(session.id)
            try await store.redis.send("COPY", store.keys.session(session.id), copy)
            for (prefix, deployment) in [(other.prefix, nil), (store.prefix, "production")] as [(String, String?)] {
                try await withRepository(
                    at: store.server,
                    configure: {
                        $0.keyPrefix = prefix
                        $0.deployment = deployment
                        $0.refreshTokenKeys = keys
                    }
                ) { repository in
                    let outcome = try await repository.rotateRefreshToken(token)
                    #expect(outcome.word == "forged")
                    #expect(try await repository.authorize(session.id).session?.userID == session.userID)
                }
            }
            try await store.redis.send("UNLINK", copy)
            #expect(try await store.repository.rotateRefreshToken(token).word == "rotated")
        }
    }

    @Test("A late repetition is activity and notes what it handed out again; a renewed session begins without that")
    func lateRepetition() async throws {
        var policy = SessionPolicy()
        policy.reuseInterval = .zero
        policy.reuse = .afterSuccessorWasUsed
        try await withTokens(policy: policy) { store, session, first in
            let key = store.keys.session(session.id)
            #expect(try await store.repository.rotateRefreshToken(first).word == "rotated")
            #expect(try await store.hash(key)["reissued"] == nil)
            try await store.redis.send("PEXPIRE", key, "60000")
            try await store.nextMillisecond()
            #expect(try await store.repository.rotateRefreshToken(first).word == "repeated")
            #expect(try await store.hash(key)["reissued"] == "1")
            #expect(try await store.redis.send("PTTL", key).integer ?? 0 > 13 * 86_400_000)
            let renewed = try #require(try await store.repository.renewSession(session.id, ticket: .none).created)
            let record = try await store.hash(store.keys.session(renewed.session.id))
            #expect(record["reissued"] == nil && record["generation"] == nil)
        }
    }

    @Test("A forged token is refused without a server, an expired session's token is unknown")
    func forgedAndUnknown() async throws {
        try await withTokens { store, session, token in
            try await store.redis.send("UNLINK", store.keys.session(session.id))
            try await store.redis.send("UNLINK", store.keys.userIndex(session.userID))
            guard case .unknown = try await store.repository.rotateRefreshToken(token) else {
                Issue.record("without a record the answer is unknown")
                return
            }
        }
        var configuration = RedisSessionRepositoryConfiguration(
            server: try RedisServer(unixSocketPath: "/nonexistent/redis.sock"))
        configuration.refreshTokenKeys = keys
        let repository = try RedisSessionRepository(configuration: configuration, logger: .quiet)
        guard case .forged = try await repository.rotateRefreshToken(RefreshToken("srt1_k1.x.y.0.z")) else {
            Issue.record("a forged token must be refused")
            return
        }
        await repository.shutdown()
    }

    @Test("A creation that is repeated after its token was used hands out the current one")
    func repeatedCreation() async throws {
        try await withStore {
            $0.refreshTokenKeys = keys
        } _: { store in
            let new = store.session(for: try store.user())
            let first = try #require(try await store.repository.createSession(new).refreshToken)
            _ = try await store.repository.rotateRefreshToken(first)
            let again = try #require(try await store.repository.createSession(new).refreshToken)
            guard case .rotated = try await store.repository.rotateRefreshToken(again) else {
                Issue.record("the token of the repeated creation must be current")
                return
            }
        }
    }

    @Test("Nothing of a token is in Redis")
    func nothingAtRest() async throws {
        try await withTokens { store, session, token in
            guard case .rotated(let next, _, _) = try await store.repository.rotateRefreshToken(token) else { return }
            let codes = [token, next].map { String($0.text.suffix(43)) }
            for key in try await store.redis.keys(matching: "\(store.prefix):*") {
                guard try await store.redis.send("TYPE", key) == .string("hash") else { continue }
                let content = try await store.redis.send("HGETALL", key).strings.joined(separator: "\n")
                for code in codes { #expect(!content.contains(code)) }
            }
        }
    }
}
