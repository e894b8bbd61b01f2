import Foundation
import Testing

@testable import SessionRepository

@Suite("Revoking a support-access grant")
struct RevokeGrantTests {
    @Test("The grant is gone at once, from its key and from the index")
    func gone() async throws {
        try await withStore { store in
            let grant = try await store.grant()
            let kept = try await store.grant()
            #expect(try await store.repository.revokeSupportAccessGrant(grant.id, by: "alice") == .revoked)
            #expect(try await store.repository.findSupportAccessGrant(grant.id) == nil)
            #expect(try await store.repository.listSupportAccessGrants(grant.organizationID) == [kept])
            #expect(try await !store.exists(store.keys.grant(grant.id)))
            let index = store.keys.organizationIndex(grant.organizationID)
            #expect(try await store.members(of: index) == [kept.id.value.random.text])
            let mark = store.keys.revokedGrant(grant.id)
            #expect(try await store.redis.send("GET", mark) == .string("alice"))
        }
    }

    @Test("The index then lives as long as the grants that are left")
    func index() async throws {
        try await withStore { store in
            let short = try await store.grant(for: .seconds(60))
            let long = try await store.grant(for: .seconds(3600))
            _ = try await store.repository.revokeSupportAccessGrant(long.id)
            let index = store.keys.organizationIndex(short.organizationID)
            #expect(try await store.expiry(of: index) == short.expiresAt.unixMilliseconds)
        }
    }

    @Test("A second time, and for one that never was, there is nothing to revoke")
    func twice() async throws {
        try await withStore { store in
            let grant = try await store.grant()
            #expect(try await store.repository.revokeSupportAccessGrant(grant.id) == .revoked)
            let before = try await store.snapshot()
            #expect(try await store.repository.revokeSupportAccessGrant(grant.id) == .unknown)
            #expect(try await store.snapshot() == before)
            let other = SupportAccessGrantID(for: grant.organizationID)
            #expect(try await store.repository.revokeSupportAccessGrant(other) == .unknown)
        }
    }

    @Test("A saving that is still under way when its grant is revoked does not take effect any more")
    func revokedBeforeSaved() async throws {
        try await withStore { store in
            let new = NewSupportAccessGrant(
                organizationID: try store.organization(), grantedBy: "alice", expiry: .after(.seconds(60)),
                grantedTo: .anyAdministrator)
            #expect(try await store.repository.revokeSupportAccessGrant(new.id) == .unknown)
            await #expect(throws: SessionRepositoryError.supportAccessEnded(new.id)) {
                try await store.repository.saveSupportAccessGrant(new)
            }
            #expect(try await store.repository.findSupportAccessGrant(new.id) == nil)
        }
    }

    @Test("A revoked ID cannot be saved again: neither anew nor by a late duplicate")
    func saveAfterRevoke() async throws {
        try await withStore { store in
            let new = NewSupportAccessGrant(
                organizationID: try store.organization(), grantedBy: "alice", expiry: .after(.seconds(60)),
                grantedTo: .anyAdministrator)
            _ = try await store.repository.saveSupportAccessGrant(new)
            _ = try await store.repository.revokeSupportAccessGrant(new.id)
            let before = try await store.snapshot()
            await #expect(throws: SessionRepositoryError.supportAccessEnded(new.id)) {
                try await store.repository.saveSupportAccessGrant(new)
            }
            #expect(try await store.snapshot() == before)
            #expect(try await store.repository.findSupportAccessGrant(new.id) == nil)
        }
    }

    @Test("The mark of a revoked grant outlives every session that could have been opened under it")
    func mark() async throws {
        let longest = InputLimits.longestLifetime.wholeMilliseconds
        try await withStore { store in
            let grant = try await store.grant()
            let before = try await store.now()
            _ = try await store.repository.revokeSupportAccessGrant(grant.id)
            let after = try await store.now()
            let end = try await store.expiry(of: store.keys.revokedGrant(grant.id))
            #expect((before + longest...after + longest).contains(end))
        }
    }

    @Test("Saving and revoking at the same time never leave a grant that was revoked last")
    func race() async throws {
        try await withStore { store in
            for _ in 0..<10 {
                let grant = try await store.grant()
                _ = try await inParallel(8) { number in
                    if number == 4 {
                        _ = try await store.repository.revokeSupportAccessGrant(grant.id)
                    } else {
                        _ = try? await store.grant(id: grant.id)
                    }
                }
                #expect(try await store.repository.findSupportAccessGrant(grant.id) == nil)
            }
        }
    }
}
