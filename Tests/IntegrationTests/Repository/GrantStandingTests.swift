import Foundation
import Testing

@testable import SessionRepository

@Suite("A session's standing under its grant")
struct GrantStandingTests {
    @Test("A grant that ended and is saved again under its ID brings none of its sessions back")
    func reborn() async throws {
        try await withStore { store in
            let admin = try store.user("admin")
            let grant = try await store.grant(for: .seconds(3600))
            let session = try await store.supportSession(of: admin, under: grant.id)
            for key in [store.keys.grant(grant.id), store.keys.grantSessions(grant.id)] {
                try await store.redis.send("DEL", key)
            }
            #expect(try await store.repository.authorize(session.id) == .supportAccessEnded)
            _ = try await store.grant(for: .seconds(3600), id: grant.id)
            #expect(try await store.repository.authorize(session.id) == .supportAccessEnded)
            #expect(try await store.repository.findActiveSessionsByUser(admin).isEmpty)
            let another = try await store.supportSession(of: admin, under: grant.id)
            #expect(try await store.repository.authorize(another.id) == .active(another))
        }
    }

    @Test("A grant that now names another administrator ends the sessions of the first")
    func renamed() async throws {
        try await withStore { store in
            let first = try store.user("first")
            let second = try store.user("second")
            let grant = try await store.grant()
            let session = try await store.supportSession(of: first, under: grant.id)
            try await store.grant(to: second, id: grant.id)
            #expect(try await store.repository.authorize(session.id).termination?.by == "alice")
            #expect(try await store.repository.findActiveSessionsByUser(first).isEmpty)
            let other = try await store.supportSession(of: second, under: grant.id)
            #expect(try await store.repository.authorize(other.id) == .active(other))
        }
    }

    @Test("Refresh tokens of a support session rotate while the grant is in force, and not one time longer")
    func rotation() async throws {
        let keys = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withStore(configure: { $0.refreshTokenKeys = keys }) { store in
            let grant = try await store.grant()
            let created = try await store.repository.createSession(
                NewSession(userID: try store.user("admin"), ticket: .none, grantID: grant.id))
            let first = try #require(created.refreshToken)
            guard
                case .rotated(let second, created.session.id, _) = try await store.repository.rotateRefreshToken(first)
            else {
                Issue.record("under a grant in force it must rotate")
                return
            }
            guard case .repeated = try await store.repository.rotateRefreshToken(first) else {
                Issue.record("the predecessor must get the same successor")
                return
            }
            // Access is cut by the grant alone, before any session is marked.
            try await store.redis.send("DEL", store.keys.grant(grant.id))
            let before = try await store.snapshot()
            guard case .invalidated = try await store.repository.rotateRefreshToken(second) else {
                Issue.record("without the grant it must not rotate")
                return
            }
            #expect(try await store.snapshot() == before)
            try await store.redis.send("UNLINK", store.keys.organizationIndex(grant.organizationID))
        }
    }

    @Test("A session whose grant field is no ID is an error wherever it matters")
    func damaged() async throws {
        let keys = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withStore(configure: { $0.refreshTokenKeys = keys }, checkingAfterwards: false) { store in
            let created = try await store.repository.createSession(store.session(for: try store.user()))
            let key = store.keys.session(created.session.id)
            try await store.redis.send("HSET", key, "grant", "nonsense")
            let token = try #require(created.refreshToken)
            let error = await failure { () throws(SessionRepositoryError) in
                try await store.repository.rotateRefreshToken(token)
            }
            #expect(error?.code == "corruptRecord")
            #expect(try await store.redis.send("HEXISTS", key, "generation") == .integer(0))
        }
    }
}
