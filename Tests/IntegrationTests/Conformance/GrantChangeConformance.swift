import Foundation
import Testing

@testable import SessionRepository

@Suite("Both implementations: changing a support-access grant")
struct GrantChangeConformance {
    @Test(
        "What a saving does not name stays: administrator, reason, and who granted it first",
        arguments: Implementation.allCases)
    func kept(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let repository = subject.repository
            let grant = try await subject.grant(to: try subject.user("admin"))
            var change = NewSupportAccessGrant(
                organizationID: grant.organizationID, grantedBy: "bob", expiry: .after(.seconds(7200)), id: grant.id)
            let longer = try await repository.saveSupportAccessGrant(change)
            #expect(longer.expiresAt > grant.expiresAt)
            #expect(longer == grant.ending(longer.expiresAt))
            #expect(try await repository.findSupportAccessGrant(grant.id) == longer)
            change.reason = "ticket 8"
            change.grantedTo = .anyAdministrator
            let changed = try await repository.saveSupportAccessGrant(change)
            #expect(changed.reason == "ticket 8")
            #expect(changed.grantedTo == nil)
            #expect(changed.grantedBy == "alice")
            change.reason = ""
            change.grantedTo = nil
            let bare = try await repository.saveSupportAccessGrant(change)
            #expect(bare.reason == nil && bare.grantedTo == nil)
            #expect(try await repository.listSupportAccessGrants(grant.organizationID) == [bare])
        }
    }

    @Test("A new grant has to say who may use it", arguments: Implementation.allCases)
    func unnamed(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let new = NewSupportAccessGrant(
                organizationID: try subject.organization(), grantedBy: "alice", expiry: .after(.seconds(60)))
            await #expect(throws: SessionRepositoryError.unnamedAdministrator) {
                try await subject.repository.saveSupportAccessGrant(new)
            }
            #expect(try await subject.repository.listSupportAccessGrants(new.organizationID).isEmpty)
        }
    }

    @Test("Extending moves the end, later or earlier, and nothing else", arguments: Implementation.allCases)
    func extend(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, admin) = (subject.repository, try subject.user("admin"))
            let grant = try await subject.grant(to: admin)
            var new = subject.session(for: admin)
            new.grantID = grant.id
            _ = try await repository.createSession(new)
            let later = grant.expiresAt.addingTimeInterval(600)
            let longer = try await repository.extendSupportAccessGrant(grant.id, until: .at(later))
            #expect(longer == grant.ending(later))
            #expect(try await repository.listSupportAccessGrants(grantedTo: admin) == [longer])
            // A longer grant makes no session longer: it was opened for the shorter one.
            #expect(try await repository.findSession(new.id)?.expiresAt == grant.expiresAt)
            let sooner = grant.createdAt.addingTimeInterval(600)
            #expect(
                try await repository.extendSupportAccessGrant(grant.id, until: .at(sooner), by: "bob")
                    == grant.ending(sooner))
            #expect(try await repository.findSupportAccessGrant(grant.id) == grant.ending(sooner))
            #expect(try await repository.findSession(new.id)?.expiresAt == sooner)
            #expect(try await repository.authorize(new.id).session != nil)
            await #expect(throws: SessionRepositoryError.invalidInput(field: "expiry", problem: "it is in the past")) {
                try await repository.extendSupportAccessGrant(grant.id, until: .at(grant.createdAt))
            }
            let unknown = SupportAccessGrantID(for: grant.organizationID)
            await #expect(throws: SessionRepositoryError.supportAccessEnded(unknown)) {
                try await repository.extendSupportAccessGrant(unknown, until: .after(.seconds(60)))
            }
            _ = try await repository.revokeSupportAccessGrant(grant.id)
            await #expect(throws: SessionRepositoryError.supportAccessEnded(grant.id)) {
                try await repository.extendSupportAccessGrant(grant.id, until: .after(.seconds(60)))
            }
        }
    }

    @Test(
        "The longest duration counts from the first saving, however often it is saved",
        arguments: Implementation.allCases)
    func longest(_ implementation: Implementation) async throws {
        var policy = SessionPolicy()
        policy.maximumGrantDuration = .seconds(7200)
        try await withSubject(implementation, policy: policy) { subject in
            let grant = try await subject.grant()
            let end = grant.createdAt.addingTimeInterval(7200)
            try await subject.letPass(.milliseconds(5))
            #expect(try await subject.grant(.after(.seconds(7200)), id: grant.id).expiresAt == end)
            let extended = try await subject.repository.extendSupportAccessGrant(
                grant.id, until: .after(.seconds(86_400)))
            #expect(extended.expiresAt == end)
        }
    }

    @Test(
        "A grant that is given away and back brings none of its former sessions back, not even by a repeated creation",
        arguments: Implementation.allCases)
    func back(_ implementation: Implementation) async throws {
        let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withSubject(implementation, tokens: tokens) { subject in
            let repository = subject.repository
            let (anna, bert) = (try subject.user("anna"), try subject.user("bert"))
            let grant = try await subject.grant(to: anna)
            var new = subject.session(for: anna)
            new.grantID = grant.id
            let created = try await repository.createSession(new)
            var other = subject.session(for: bert)
            other.grantID = grant.id
            try await subject.grant(to: bert, id: grant.id)
            let ended = try await repository.authorize(new.id).termination
            #expect(ended?.by == "alice" && ended?.reason == Termination.supportAccessRevokedReason)
            _ = try await repository.createSession(other)
            try await subject.grant(to: anna, id: grant.id)
            for id in [new.id, other.id] { #expect(try await repository.authorize(id).session == nil) }
            await #expect(throws: SessionRepositoryError.sessionAlreadyEnded(new.id)) {
                try await repository.createSession(new)
            }
            #expect(try await repository.authorize(new.id).session == nil)
            let token = try #require(created.refreshToken)
            #expect(try await repository.rotateRefreshToken(token).word == "invalidated")
            #expect(try await repository.findActiveSessionsByUser(anna).isEmpty)
            new = subject.session(for: anna)
            new.id = SessionID(for: anna)
            new.grantID = grant.id
            let session = try await repository.createSession(new).session
            #expect(try await repository.authorize(new.id).session?.id == session.id)
        }
    }

    @Test(
        "Of a grant to any administrator that is given to one, this one's sessions go on, and the others' end",
        arguments: Implementation.allCases)
    func named(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let repository = subject.repository
            let users = [try subject.user("anna"), try subject.user("bert")]
            let grant = try await subject.grant()
            var ids: [SessionID] = []
            for user in users {
                var new = subject.session(for: user)
                new.grantID = grant.id
                ids.append(try await repository.createSession(new).session.id)
            }
            for recipient in [users[0], nil, users[0]] { try await subject.grant(to: recipient, id: grant.id) }
            #expect(try await repository.authorize(ids[0]).session != nil)
            #expect(try await repository.authorize(ids[1]).termination != nil)
        }
    }

    @Test(
        "Grants are found and ended by administrator, by organization, and all at once",
        arguments: Implementation.allCases)
    func together(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let repository = subject.repository
            let (anna, bert) = (try subject.user("anna"), try subject.user("bert"))
            func grant(_ organization: String, _ recipient: NewSupportAccessGrant.Recipient) async throws
                -> SupportAccessGrant
            {
                try await repository.saveSupportAccessGrant(
                    NewSupportAccessGrant(
                        organizationID: try subject.organization(organization), grantedBy: "alice",
                        expiry: .after(.seconds(3600)), grantedTo: recipient))
            }
            let first = try await grant("acme", .administrator(anna))
            try await subject.letPass(.milliseconds(2))
            let second = try await grant("globex", .administrator(anna))
            let any = try await grant("acme", .anyAdministrator)
            let others = try await grant("globex", .administrator(bert))
            #expect(try await repository.listSupportAccessGrants(grantedTo: anna) == [first, second])
            let moved = try await subject.grant(to: bert, id: first.id)
            #expect(try await repository.listSupportAccessGrants(grantedTo: anna) == [second])
            #expect(try await repository.listSupportAccessGrants(grantedTo: bert).contains(moved))

            #expect(try await repository.revokeSupportAccessGrants(.administrator(anna), by: "root") == 1)
            #expect(try await repository.findSupportAccessGrant(second.id) == nil)
            #expect(try await repository.findSupportAccessGrant(moved.id) != nil)
            #expect(try await repository.revokeSupportAccessGrants(.administrator(anna), by: "root") == 0)
            #expect(try await repository.revokeSupportAccessGrants(.organization(any.organizationID), by: "root") == 2)
            #expect(try await repository.listSupportAccessGrants(any.organizationID).isEmpty)
            #expect(try await repository.findSupportAccessGrant(others.id) == others)
            #expect(try await repository.revokeSupportAccessGrants(.everyone, by: "root") == 1)
            #expect(try await repository.listSupportAccessGrants(grantedTo: bert).isEmpty)
            let error = await failure { () throws(SessionRepositoryError) in
                try await repository.revokeSupportAccessGrants(.everyone, by: "")
            }
            #expect(error?.code == "invalidInput")
        }
    }

    @Test(
        "Offboarding ends the user's sessions and the grants to them, and with these what is under them",
        arguments: Implementation.allCases)
    func offboarding(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, grace) = (subject.repository, try subject.user("grace"))
            let grant = try await subject.grant(to: grace)
            let open = try await subject.grant()
            try await subject.create(for: grace)
            let other = try await subject.create(for: try subject.user("other"))
            var new = subject.session(for: grace)
            new.grantID = grant.id
            _ = try await repository.createSession(new)
            let ended = try await repository.terminateAllAccessByUser(grace, by: "root", reason: "left")
            #expect(ended == TerminatedAccess(sessions: 2, grants: 1))
            #expect(try await repository.findActiveSessionsByUser(grace).isEmpty)
            await #expect(throws: SessionRepositoryError.supportAccessEnded(grant.id)) {
                new.id = SessionID(for: grace)
                _ = try await repository.createSession(new)
            }
            // It is not theirs.
            #expect(try await repository.findSupportAccessGrant(open.id) == open)
            #expect(try await repository.authorize(other.id).session != nil)
        }
    }
}

extension SupportAccessGrant {
    /// The same, but for its end.
    func ending(_ end: Date) -> SupportAccessGrant {
        SupportAccessGrant(
            id: id, organizationID: organizationID, grantedBy: grantedBy, grantedTo: grantedTo, reason: reason,
            createdAt: createdAt, expiresAt: end)
    }
}
