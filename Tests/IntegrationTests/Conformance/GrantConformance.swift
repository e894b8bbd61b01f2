import Foundation
import Testing

@testable import SessionRepository

@Suite("Both implementations: support access")
struct GrantConformance {
    @Test("A grant is found and listed until it ends", arguments: Implementation.allCases)
    func save(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let repository = subject.repository
            let grant = try await subject.grant(to: try subject.user("admin"))
            #expect(grant.expiresAt.timeIntervalSince(grant.createdAt) == 3600)
            #expect(try await repository.findSupportAccessGrant(grant.id) == grant)
            let sooner = try await subject.grant(.after(.seconds(1800)))
            #expect(try await repository.listSupportAccessGrants(grant.organizationID) == [sooner, grant])
            try await subject.grant(.after(.milliseconds(20)), id: sooner.id)
            try await subject.letPass(.milliseconds(22))
            #expect(try await repository.findSupportAccessGrant(sooner.id) == nil)
            #expect(try await repository.deleteExpiredSupportAccessGrants(of: grant.organizationID) == 1)
            #expect(try await repository.deleteExpiredSupportAccessGrants() == 0)
            #expect(try await repository.listSupportAccessGrants(grant.organizationID) == [grant])
        }
    }

    @Test("Saving again extends, shortens and replaces; the first creation stays", arguments: Implementation.allCases)
    func again(_ implementation: Implementation) async throws {
        var policy = SessionPolicy()
        policy.maximumGrantDuration = .seconds(7200)
        try await withSubject(implementation, policy: policy) { subject in
            let grant = try await subject.grant()
            try await subject.letPass(.milliseconds(2))
            let longer = try await subject.grant(.after(.seconds(5000)), id: grant.id)
            #expect(longer.createdAt == grant.createdAt)
            #expect(longer.expiresAt > grant.expiresAt)
            let longest = try await subject.grant(.after(.seconds(86_400)), id: grant.id)
            #expect(longest.expiresAt < longer.expiresAt.addingTimeInterval(2300))
            let shorter = try await subject.grant(.at(grant.createdAt.addingTimeInterval(600)), id: grant.id)
            #expect(try await subject.repository.findSupportAccessGrant(grant.id) == shorter)
            #expect(shorter.expiresAt == grant.createdAt.addingTimeInterval(600))
            let error = await failure { () throws(SessionRepositoryError) in
                try await subject.repository.saveSupportAccessGrant(
                    NewSupportAccessGrant(
                        organizationID: grant.organizationID, grantedBy: "alice", expiry: .at(grant.createdAt),
                        grantedTo: .anyAdministrator))
            }
            #expect(error == .invalidInput(field: "expiry", problem: "it is in the past"))
            let foreign = await failure { () throws(SessionRepositoryError) in
                try await subject.repository.saveSupportAccessGrant(
                    NewSupportAccessGrant(
                        organizationID: OrganizationID("other"), grantedBy: "alice", expiry: .after(.seconds(1)),
                        id: grant.id, grantedTo: .anyAdministrator))
            }
            #expect(foreign?.code == "invalidInput")
        }
    }

    @Test("Who has access is whom a grant in force names, or anybody", arguments: Implementation.allCases)
    func activeAccess(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let repository = subject.repository
            let (organization, admin) = (try subject.organization(), try subject.user("admin"))
            func access(_ user: UserID) async throws -> SupportAccessGrant? {
                try await repository.findActiveSupportAccess(organization: organization, admin: user)
            }
            #expect(try await access(admin) == nil)
            let named = try await subject.grant(.after(.seconds(7200)), to: admin)
            #expect(try await access(admin) == named)
            #expect(try await access(try subject.user("other")) == nil)
            let open = try await subject.grant(.after(.seconds(3600)))
            #expect(try await access(admin) == named)
            #expect(try await access(try subject.user("other")) == open)
            _ = try await repository.revokeSupportAccessGrant(named.id)
            #expect(try await access(admin) == open)
        }
    }

    @Test("A session under a grant never outlives it, and ends with its revocation", arguments: Implementation.allCases)
    func sessions(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, admin) = (subject.repository, try subject.user("admin"))
            let grant = try await subject.grant(to: admin)
            var new = subject.session(for: admin)
            new.grantID = grant.id
            let session = try await repository.createSession(new).session
            #expect(session.expiresAt == grant.expiresAt)
            #expect(try await repository.authorize(session.id).session != nil)
            #expect(try await repository.findActiveSessionsByUser(admin) == [session])
            var other = subject.session(for: try subject.user("other"))
            other.grantID = grant.id
            await #expect(throws: SessionRepositoryError.supportAccessNotGranted(grant.id)) {
                try await repository.createSession(other)
            }
            let shorter = try await subject.grant(.after(.seconds(600)), to: admin, id: grant.id)
            #expect(try await repository.findSession(session.id)?.expiresAt == shorter.expiresAt)
            let renewed = try #require(try await repository.renewSession(session.id, ticket: .none).created)
            #expect(renewed.session.grantID == grant.id)
            #expect(renewed.session.expiresAt == shorter.expiresAt)
            #expect(try await repository.revokeSupportAccessGrant(grant.id, by: "alice") == .revoked)
            let termination = try await repository.authorize(renewed.session.id).termination
            #expect(termination?.by == "alice")
            #expect(termination?.reason == Termination.supportAccessRevokedReason)
            #expect(try await repository.findActiveSessionsByUser(admin).isEmpty)
            #expect(try await repository.revokeSupportAccessGrant(grant.id) == .unknown)
            await #expect(throws: SessionRepositoryError.supportAccessEnded(grant.id)) {
                try await subject.grant(id: grant.id)
            }
            await #expect(throws: SessionRepositoryError.supportAccessEnded(grant.id)) {
                new = subject.session(for: admin)
                new.id = SessionID(for: admin)
                new.grantID = grant.id
                _ = try await repository.createSession(new)
            }
        }
    }

    @Test(
        "A grant that names somebody else ends the first one's sessions, and their tokens",
        arguments: Implementation.allCases)
    func renamed(_ implementation: Implementation) async throws {
        let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withSubject(implementation, tokens: tokens) { subject in
            let (repository, admin) = (subject.repository, try subject.user("admin"))
            let grant = try await subject.grant()
            var new = subject.session(for: admin)
            new.grantID = grant.id
            let created = try await repository.createSession(new)
            try await subject.grant(to: try subject.user("other"), id: grant.id)
            #expect(
                try await repository.authorize(new.id).termination?.reason == Termination.supportAccessRevokedReason)
            #expect(try await repository.findActiveSessionsByUser(admin).isEmpty)
            let token = try #require(created.refreshToken)
            #expect(try await repository.rotateRefreshToken(token).word == "invalidated")
            #expect(try await repository.renewSession(new.id, ticket: .none).word == "notActive")
        }
    }

    @Test("A revoked ID that was never saved cannot be saved", arguments: Implementation.allCases)
    func revokedFirst(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let id = SupportAccessGrantID(for: try subject.organization())
            #expect(try await subject.repository.revokeSupportAccessGrant(id) == .unknown)
            await #expect(throws: SessionRepositoryError.supportAccessEnded(id)) { try await subject.grant(id: id) }
        }
    }
}
