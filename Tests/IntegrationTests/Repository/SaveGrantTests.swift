import Foundation
import Testing

@testable import SessionRepository

@Suite("Saving a support-access grant")
struct SaveGrantTests {
    @Test("Every field is stored under its documented name, with one expiry for field, key and index")
    func allFields() async throws {
        try await withStore { store in
            let admin = try store.user("admin")
            let before = try await store.now()
            let grant = try await store.grant(for: .seconds(90), to: admin)
            let after = try await store.now()
            let created = try #require(grant.createdAt.unixMilliseconds)
            let expires = try #require(grant.expiresAt.unixMilliseconds)
            #expect((before...after).contains(created))
            #expect(expires == created + 90_000)
            let key = store.keys.grant(grant.id)
            var fields = try await store.hash(key)
            #expect(fields.removeValue(forKey: "operations")?.hasSuffix("=\(expires)") == true)
            #expect(fields.removeValue(forKey: "saved") == "\(created)")
            #expect(fields.removeValue(forKey: "named") == "\(created)")
            #expect(
                fields == [
                    "organization": "acme", "grantedBy": "alice", "grantedTo": "admin", "reason": "ticket 7",
                    "created": "\(created)", "expires": "\(expires)",
                    "id": String(grant.id.value.random.text.prefix(8)),
                ])
            #expect(try await store.expiry(of: key) == expires)
            let index = store.keys.organizationIndex(grant.organizationID)
            #expect(try await store.score(of: grant.id.value.random.text, in: index) == expires)
            #expect(try await store.expiry(of: index) == expires)
            #expect(try await store.repository.findSupportAccessGrant(grant.id) == grant)
        }
    }

    @Test("Saved again it is extended, shortened, and what is named is replaced or removed")
    func again() async throws {
        try await withStore { store in
            let admin = try store.user("admin")
            let first = try await store.grant(for: .seconds(60), to: admin)
            let long = try await store.grant(for: .seconds(600), to: admin, id: first.id)
            #expect(long.expiresAt > first.expiresAt)
            #expect(long.createdAt == first.createdAt)
            var new = NewSupportAccessGrant(
                organizationID: first.organizationID, grantedBy: "bob", expiry: .after(.seconds(30)), id: first.id,
                grantedTo: .anyAdministrator, reason: "")
            let short = try await store.repository.saveSupportAccessGrant(new)
            #expect(short.expiresAt < first.expiresAt)
            #expect(short.grantedBy == "alice")
            #expect(short.grantedTo == nil)
            #expect(short.reason == nil)
            #expect(
                try await store.hash(store.keys.grant(first.id)).keys.sorted()
                    == ["created", "expires", "grantedBy", "id", "named", "operations", "organization", "saved"])
            let expires = try #require(short.expiresAt.unixMilliseconds)
            #expect(try await store.expiry(of: store.keys.grant(first.id)) == expires)
            #expect(try await store.repository.listSupportAccessGrants(first.organizationID) == [short])
            new.reason = "again"
            let again = try await store.repository.saveSupportAccessGrant(new)
            #expect(try await store.repository.findSupportAccessGrant(first.id) == again)
        }
    }

    @Test("A moment is kept to the millisecond; one that is past is refused, also for a grant in force")
    func moments() async throws {
        try await withStore { store in
            let moment = try await store.now() + 123_457
            var new = NewSupportAccessGrant(
                organizationID: try store.organization(), grantedBy: "alice",
                expiry: .at(Date(unixMilliseconds: moment)), grantedTo: .anyAdministrator)
            let grant = try await store.repository.saveSupportAccessGrant(new)
            #expect(grant.expiresAt.unixMilliseconds == moment)
            #expect(try await store.expiry(of: store.keys.grant(grant.id)) == moment)
            let before = try await store.snapshot()
            for past in [0, try await store.now()] {
                new.expiry = .at(Date(unixMilliseconds: past))
                await #expect(
                    throws: SessionRepositoryError.invalidInput(field: "expiry", problem: "it is in the past")
                ) { try await store.repository.saveSupportAccessGrant(new) }
            }
            #expect(try await store.snapshot() == before)
        }
    }

    @Test("A later expiry is brought forward to the longest duration allowed")
    func capped() async throws {
        var policy = SessionPolicy()
        policy.maximumGrantDuration = .seconds(100)
        try await withStore(policy: policy) { store in
            let far = Date(unixMilliseconds: try await store.now() + 1_000_000)
            for expiry in [NewSupportAccessGrant.Expiry.after(.seconds(1000)), .at(far)] {
                let before = try await store.now()
                let grant = try await store.repository.saveSupportAccessGrant(
                    NewSupportAccessGrant(
                        organizationID: try store.organization(), grantedBy: "alice", expiry: expiry,
                        grantedTo: .anyAdministrator))
                let after = try await store.now()
                let expires = try #require(grant.expiresAt.unixMilliseconds)
                #expect((before + 100_000...after + 100_000).contains(expires))
                #expect(try await store.expiry(of: store.keys.grant(grant.id)) == expires)
            }
        }
    }

    @Test("An ID of another organization is refused, and so is one that another organization's grant has")
    func otherOrganization() async throws {
        try await withStore { store in
            let grant = try await store.grant()
            let foreign = NewSupportAccessGrant(
                organizationID: try store.organization("other"), grantedBy: "eve", expiry: .after(.seconds(9)),
                id: grant.id, grantedTo: .anyAdministrator)
            await #expect(
                throws: SessionRepositoryError.invalidInput(
                    field: "grant ID", problem: "it was made for another organization")
            ) { try await store.repository.saveSupportAccessGrant(foreign) }
            try await store.redis.send("HSET", store.keys.grant(grant.id), "organization", "other")
            let before = try await store.snapshot()
            await #expect(throws: SessionRepositoryError.identifierTaken("\(grant.id)")) {
                try await store.grant(id: grant.id)
            }
            #expect(try await store.snapshot() == before)
        }
    }

    @Test("Sub-millisecond durations are a millisecond, not none and not for ever")
    func subMillisecond() async throws {
        try await withStore { store in
            let grant = try await store.grant(for: .nanoseconds(1))
            #expect(grant.expiresAt.timeIntervalSince(grant.createdAt) < 0.0015)
            #expect(grant.expiresAt > grant.createdAt)
            try await eventually("the grant expires") {
                try await store.repository.findSupportAccessGrant(grant.id) == nil
            }
        }
    }

    @Test("One that expires as it is saved leaves nothing behind")
    func expiresAtOnce() async throws {
        try await withStore { store in
            // checkInvariants finds a key without a TTL.
            _ = try await inParallel(100) { _ in
                try await store.grant(for: .milliseconds(1), to: try store.user("admin"))
            }
        }
    }

    @Test("An organization has at most a thousand in force; an ended one makes room")
    func limit() async throws {
        try await withStore { store in
            let grants = try await inParallel(1000) { _ in try await store.grant() }
            await #expect(throws: SessionRepositoryError.supportAccessLimitReached(limit: 1000)) {
                try await store.grant()
            }
            // Those that are there can still be changed.
            try await store.grant(for: .seconds(7200), id: grants[3].id)
            #expect(try await store.repository.listSupportAccessGrants(try store.organization()).count == 1000)
            _ = try await store.repository.revokeSupportAccessGrant(grants[7].id)
            try await store.grant()
        }
    }
}
