import Foundation
import SessionRepository
import Testing

@Suite("The life of a session")
struct SessionLifeTests {
    @Test("A created session is found, authorized and listed, and refused once terminated")
    func wholeLife() async throws {
        try await withStore { store in
            let user = try store.user()
            let session = try await store.create(for: user)
            #expect(try await store.repository.findSession(session.id) == session)
            #expect(try await store.repository.authorize(session.id) == .active(session))
            #expect(try await store.repository.findActiveSessionsByUser(user) == [session])

            let outcome = try await store.repository.terminateSession(session.id, by: "admin", reason: "lost phone")
            #expect(outcome == .terminated)
            guard case .terminated(let termination) = try await store.repository.authorize(session.id) else {
                Issue.record("a terminated session must be answered as terminated")
                return
            }
            #expect(termination.by == "admin")
            #expect(termination.reason == "lost phone")
            #expect(try await store.repository.findActiveSessionsByUser(user).isEmpty)
            #expect(try await store.repository.terminateSession(session.id) == .alreadyTerminated)
            #expect(try await store.repository.isRefreshTokenChainInvalidated(session.id))
        }
    }

    @Test("All sessions of a user end in one step, and a grant lives until it is revoked")
    func bulk() async throws {
        try await withStore { store in
            let user = try store.user()
            for device in 1...5 { try await store.create(for: user, device: "device \(device)") }
            #expect(try await store.repository.findActiveSessionsByUser(user).count == 5)
            #expect(try await store.repository.terminateAllSessionsByUser(user) == 5)
            #expect(try await store.repository.findActiveSessionsByUser(user).isEmpty)
            let organization = try OrganizationID("acme")
            let grant = try await store.repository.saveSupportAccessGrant(
                NewSupportAccessGrant(
                    organizationID: organization, grantedBy: "alice", expiry: .after(.seconds(60)),
                    grantedTo: .anyAdministrator))
            #expect(try await store.repository.findSupportAccessGrant(grant.id) == grant)
            #expect(try await store.repository.listSupportAccessGrants(organization) == [grant])
            #expect(try await store.repository.revokeSupportAccessGrant(grant.id) == .revoked)
            #expect(try await store.repository.findSupportAccessGrant(grant.id) == nil)
        }
    }
}
