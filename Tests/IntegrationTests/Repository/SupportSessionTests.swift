import Foundation
import Testing

@testable import SessionRepository

@Suite("Sessions under a support-access grant")
struct SupportSessionTests {
    @Test("A session ends with its grant at the latest")
    func expiry() async throws {
        try await withStore { store in
            let grant = try await store.grant(for: .seconds(50))
            let session = try await store.supportSession(of: try store.user("admin"), under: grant.id)
            #expect(session.expiresAt == grant.expiresAt)
            let key = store.keys.session(session.id)
            #expect(try await store.expiry(of: key) == grant.expiresAt.unixMilliseconds)
            let short = try await store.repository.createSession(
                NewSession(userID: session.userID, ticket: .none, lifetime: .seconds(10), grantID: grant.id)
            ).session
            #expect(short.expiresAt < grant.expiresAt)
            let sessions = store.keys.grantSessions(grant.id)
            let registered = Set(try await store.redis.send("SMEMBERS", sessions).strings)
            #expect(registered == [session.id.description, short.id.description])
            #expect(try await store.expiry(of: sessions) == grant.expiresAt.unixMilliseconds)
        }
    }

    @Test("Only the administrator whom the grant names can open one")
    func otherAdministrator() async throws {
        try await withStore { store in
            let admin = try store.user("admin")
            let grant = try await store.grant(to: admin)
            let before = try await store.snapshot()
            await #expect(throws: SessionRepositoryError.supportAccessNotGranted(grant.id)) {
                try await store.supportSession(of: try store.user("other"), under: grant.id)
            }
            #expect(try await store.snapshot() == before)
            let session = try await store.supportSession(of: admin, under: grant.id)
            #expect(try await store.repository.authorize(session.id) == .active(session))
        }
    }

    @Test("Without a grant in force none can be opened, and nothing is written")
    func noGrant() async throws {
        try await withStore { store in
            let admin = try store.user("admin")
            let unknown = SupportAccessGrantID(for: try store.organization())
            await #expect(throws: SessionRepositoryError.supportAccessEnded(unknown)) {
                try await store.supportSession(of: admin, under: unknown)
            }
            #expect(try await store.snapshot().isEmpty)
            let revoked = try await store.grant()
            _ = try await store.repository.revokeSupportAccessGrant(revoked.id)
            await #expect(throws: SessionRepositoryError.supportAccessEnded(revoked.id)) {
                try await store.supportSession(of: admin, under: revoked.id)
            }
        }
    }

    @Test("Revoking the grant ends its sessions, marks them, and touches no others")
    func revoked() async throws {
        try await withStore { store in
            let grant = try await store.grant()
            let admins = try (0..<4).map { try store.user("admin \($0)") }
            var sessions: [Session] = []
            for admin in admins { sessions.append(try await store.supportSession(of: admin, under: grant.id)) }
            let own = try await store.create(for: admins[0])
            #expect(try await store.repository.revokeSupportAccessGrant(grant.id, by: "alice") == .revoked)
            for session in sessions {
                let termination = try await store.repository.authorize(session.id).termination
                #expect(termination?.by == "alice")
                #expect(termination?.reason == Termination.supportAccessRevokedReason)
                #expect(try await store.repository.isRefreshTokenChainInvalidated(session.id))
            }
            #expect(try await !store.exists(store.keys.grantSessions(grant.id)))
            #expect(try await store.repository.findActiveSessionsByUser(admins[0]) == [own])
            await #expect(throws: SessionRepositoryError.sessionAlreadyEnded(sessions[1].id)) {
                let again = try await store.grant()
                _ = try await store.repository.createSession(
                    NewSession(userID: admins[1], ticket: .none, id: sessions[1].id, grantID: again.id))
            }
        }
    }

    @Test("Access is cut before its sessions are marked, and a repeated revocation completes the marking")
    func interrupted() async throws {
        try await withStore { store in
            let grant = try await store.grant()
            let admin = try store.user("admin")
            let first = try await store.supportSession(of: admin, under: grant.id)
            let second = try await store.supportSession(of: admin, under: grant.id)
            // What a revocation leaves whose process died before it marked the sessions.
            try await store.redis.send("DEL", store.keys.grant(grant.id))
            #expect(try await store.repository.authorize(first.id) == .supportAccessEnded)
            #expect(try await store.repository.authorize(second.id) == .supportAccessEnded)
            #expect(try await store.repository.revokeSupportAccessGrant(grant.id) == .unknown)
            for session in [first, second] {
                let termination = try await store.repository.authorize(session.id).termination
                #expect(termination?.reason == Termination.supportAccessRevokedReason)
            }
            #expect(try await !store.exists(store.keys.grantSessions(grant.id)))
            _ = try await store.repository.listSupportAccessGrants(grant.organizationID)
        }
    }

    @Test("What cannot be marked stays registered, and does not keep the revocation from succeeding")
    func unmarkable() async throws {
        try await withStore { store in
            let grant = try await store.grant()
            let session = try await store.supportSession(of: try store.user("admin"), under: grant.id)
            try await store.makeString(store.keys.session(session.id))
            #expect(try await store.repository.revokeSupportAccessGrant(grant.id) == .revoked)
            let sessions = store.keys.grantSessions(grant.id)
            #expect(try await store.redis.send("SMEMBERS", sessions).strings == [session.id.description])
            try await store.redis.send("DEL", store.keys.session(session.id))
            #expect(try await store.repository.revokeSupportAccessGrant(grant.id) == .unknown)
            #expect(try await !store.exists(sessions))
            try await store.redis.send("DEL", store.keys.userIndex(try store.user("admin")))
            #expect(try await store.repository.deleteExpiredSupportAccessGrants(of: grant.organizationID) == 1)
        }
    }

    @Test("A member of the set that is no session ID is dropped")
    func oddMember() async throws {
        try await withStore { store in
            let grant = try await store.grant()
            let session = try await store.supportSession(of: try store.user("admin"), under: grant.id)
            try await store.redis.send("SADD", store.keys.grantSessions(grant.id), "nonsense")
            #expect(try await store.repository.revokeSupportAccessGrant(grant.id) == .revoked)
            #expect(try await store.repository.authorize(session.id).termination != nil)
            #expect(try await !store.exists(store.keys.grantSessions(grant.id)))
        }
    }

    @Test("The grant's expiry ends the session's access to the millisecond")
    func grantExpires() async throws {
        try await withStore { store in
            let admin = try store.user("admin")
            let grant = try await store.grant()
            let session = try await store.supportSession(of: admin, under: grant.id)
            let short = try await store.grant(for: .milliseconds(100), id: grant.id)
            let end = try #require(short.expiresAt.unixMilliseconds)
            try await eventually("the session ends with its grant") {
                let before = try await store.now()
                let isActive = try await store.repository.authorize(session.id).session != nil
                let after = try await store.now()
                if isActive { #expect(before <= end) } else { #expect(after >= end) }
                return !isActive
            }
            // Its record ends in the same millisecond, but is asked for first.
            let decision = try await store.repository.authorize(session.id)
            #expect([.supportAccessEnded, .unknown].contains(decision))
            await #expect(throws: SessionRepositoryError.supportAccessEnded(grant.id)) {
                try await store.supportSession(of: admin, under: grant.id)
            }
        }
    }

    @Test("Of sessions that are opened while the grant is revoked, none stays active")
    func race() async throws {
        try await withStore { store in
            let grant = try await store.grant()
            let users = try (0..<16).map { try store.user("admin \($0)") }
            let ids = users.map(SessionID.init(for:))
            _ = try await inParallel(17) { number in
                if number == 8 {
                    _ = try await store.repository.revokeSupportAccessGrant(grant.id)
                } else {
                    let user = number < 16 ? number : 8
                    _ = try? await store.repository.createSession(
                        NewSession(userID: users[user], ticket: .none, id: ids[user], grantID: grant.id))
                }
            }
            for id in ids { #expect(try await store.repository.authorize(id).session == nil) }
            for user in users { #expect(try await store.repository.findActiveSessionsByUser(user).isEmpty) }
        }
    }
}
