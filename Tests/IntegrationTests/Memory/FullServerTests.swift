import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

@Suite("A server at its memory limit")
struct FullServerTests {
    private func withFullServer(
        prepare: (Store) async throws -> Void, _ body: (Store) async throws -> Void
    ) async throws {
        let keys = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withPrivateStore(configure: { $0.refreshTokenKeys = keys }) { store, _ in
            try await prepare(store)
            try await store.redis.send("CONFIG", "SET", "maxmemory", "1")
            let refusal = await #expect(throws: RedisError.self) { try await store.redis.send("SET", "filler", "x") }
            guard case .server("OOM", _) = refusal else {
                Issue.record("the server must be full")
                return
            }
            try await body(store)
            try await store.redis.send("CONFIG", "SET", "maxmemory", "0")
            try await store.create(for: try store.user("afterwards"))
        }
    }

    @Test("What creates and extends is refused as storeFull, with nothing written")
    func refused() async throws {
        var session: Session?
        var grant: SupportAccessGrant?
        try await withFullServer { store in
            session = try await store.create(for: try store.user())
            grant = try await store.grant(for: .seconds(60))
        } _: { store in
            let user = try #require(session).userID
            let grant = try #require(grant)
            let before = try await store.snapshot()
            await #expect(throws: SessionRepositoryError.storeFull) { try await store.create(for: user) }
            await #expect(throws: SessionRepositoryError.storeFull) { try await store.grant() }
            await #expect(throws: SessionRepositoryError.storeFull) {
                try await store.grant(for: .seconds(600), id: grant.id)
            }
            await #expect(throws: SessionRepositoryError.storeFull) {
                try await store.supportSession(of: user, under: grant.id)
            }
            #expect(try await store.snapshot() == before)
            #expect(try await store.repository.findActiveSessionsByUser(user).count == 1)
        }
    }

    @Test("Who is active stays so: touching and rotating work, and so does ending everyone's sessions")
    func activity() async throws {
        var created: CreatedSession?
        try await withFullServer { store in
            created = try await store.repository.createSession(store.session(for: try store.user()))
            let key = store.keys.session(try #require(created).session.id)
            // As if it had not been active for a while.
            try await store.redis.send("HSET", key, "seen", "\(try await store.now() - 3_600_000)")
            try await store.redis.send("PEXPIRE", key, "60000")
        } _: { store in
            let created = try #require(created)
            let key = store.keys.session(created.session.id)
            #expect(try await store.repository.touch(created.session.id, ipAddress: "203.0.113.9") == .recorded)
            #expect(try await store.remaining(of: key) > 3_600_000)
            #expect(try await store.repository.touch(created.session.id, ipAddress: "203.0.113.10") == .recorded)
            let token = try #require(created.refreshToken)
            guard case .rotated = try await store.repository.rotateRefreshToken(token, ipAddress: "203.0.113.11") else {
                Issue.record("a current token must rotate")
                return
            }
            await #expect(throws: SessionRepositoryError.storeFull) {
                try await store.repository.renewSession(created.session.id, ticket: .none)
            }
            #expect(try await store.repository.authorize(created.session.id).session != nil)
            #expect(try await store.repository.terminateAllSessions() == 1)
            #expect(try await store.repository.authorize(created.session.id).termination != nil)
        }
    }

    @Test("Whatever ends something works: terminating, invalidating, revoking, shortening, detecting reuse")
    func revocations() async throws {
        var sessions: [Session] = []
        var grants: [SupportAccessGrant] = []
        var support: Session?
        var spent: (session: Session, token: RefreshToken)?
        try await withFullServer { store in
            let user = try store.user()
            sessions = try await store.create(5, for: user)
            grants = [try await store.grant(), try await store.grant()]
            grants.append(try await store.grant(to: try store.user("admin")))
            support = try await store.supportSession(of: try store.user("admin"), under: grants[0].id)
            let created = try await store.repository.createSession(store.session(for: try store.user("other")))
            let token = try #require(created.refreshToken)
            for _ in 0..<2 {
                guard
                    case .rotated(let next, _, _) = try await store.repository.rotateRefreshToken(spent?.token ?? token)
                else {
                    Issue.record("a current token must rotate")
                    return
                }
                spent = (created.session, next)
            }
            spent = (created.session, token)
        } _: { store in
            let repository = store.repository
            guard case .shortened(let end) = try await repository.shortenSession(sessions[2].id, for: .seconds(600))
            else {
                Issue.record("it must be shortened")
                return
            }
            #expect(try await repository.authorize(sessions[2].id).session?.expiresAt == end)
            #expect(try await repository.invalidateRefreshTokenChain(sessions[0].id) == .invalidated)
            #expect(try await repository.isRefreshTokenChainInvalidated(sessions[0].id))
            #expect(try await repository.terminateSession(sessions[1].id, by: "admin") == .terminated)
            #expect(try await repository.authorize(sessions[1].id).termination?.by == "admin")
            #expect(try await repository.terminateAllSessionsByUser(sessions[0].userID, except: sessions[2].id) == 3)
            #expect(try await repository.findActiveSessionsByUser(sessions[0].userID).map(\.id) == [sessions[2].id])
            // With nothing left to remove there is still the mark to write.
            #expect(try await repository.terminateAllSessionsByUser(try store.user("nobody")) == 0)
            let support = try #require(support)
            let short = try await store.grant(for: .seconds(30), id: grants[1].id)
            #expect(try await repository.findSupportAccessGrant(grants[1].id) == short)
            // Also of one that names somebody, by either way.
            let admin = try store.user("admin")
            _ = try await store.grant(for: .seconds(30), to: admin, id: grants[2].id)
            let shorter = try await repository.extendSupportAccessGrant(grants[2].id, until: .after(.seconds(20)))
            #expect(try await repository.listSupportAccessGrants(grantedTo: admin) == [shorter])
            #expect(try await repository.revokeSupportAccessGrant(grants[0].id) == .revoked)
            #expect(try await repository.authorize(support.id).termination != nil)
            let unknown = SupportAccessGrantID(for: try store.organization())
            #expect(try await repository.revokeSupportAccessGrant(unknown) == .unknown)
            let spent = try #require(spent)
            guard case .reuse = try await repository.rotateRefreshToken(spent.token) else {
                Issue.record("a token that is two generations old is reuse")
                return
            }
            #expect(try await repository.authorize(spent.session.id).termination != nil)
        }
    }
}
