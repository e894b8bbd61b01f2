import Foundation
import RedisClient
import Testing

@testable import SessionRepository

@Suite("The index of an administrator's grants")
struct AdministratorIndexTests {
    @Test("has a grant before it is saved, for as long as it lasts, and a day longer")
    func entered() async throws {
        try await withStore { store in
            let admin = try store.user("admin")
            let grant = try await store.grant(for: .seconds(600), to: admin)
            let index = store.keys.adminIndex(admin)
            let end = try #require(grant.expiresAt.unixMilliseconds)
            let score = try #require(try await store.score(of: grant.id.description, in: index))
            // It was entered first.
            #expect((end - 20_000...end).contains(score))
            #expect(try await store.expiry(of: index) == score + 86_400_000)
            let longer = try await store.repository.extendSupportAccessGrant(grant.id, until: .after(.seconds(7200)))
            #expect(try await store.score(of: grant.id.description, in: index) ?? 0 > end)
            #expect(try await store.repository.listSupportAccessGrants(grantedTo: admin) == [longer])
            _ = try await store.repository.revokeSupportAccessGrant(grant.id)
            #expect(try await !store.exists(index))
        }
    }

    @Test("is of use to nobody where it cannot be written: then nothing is saved")
    func damaged() async throws {
        try await withStore { store in
            let admin = try store.user("admin")
            let grant = try await store.grant(to: admin)
            let index = store.keys.adminIndex(admin)
            try await store.makeString(index)
            let before = try await store.snapshot()
            for body: @Sendable () async throws -> Void in [
                { _ = try await store.grant(to: admin) },
                { _ = try await store.repository.extendSupportAccessGrant(grant.id, until: .after(.seconds(7200))) },
                { _ = try await store.repository.listSupportAccessGrants(grantedTo: admin) },
                { _ = try await store.repository.revokeSupportAccessGrants(.administrator(admin), by: nil) },
            ] {
                let error = await #expect(throws: SessionRepositoryError.self) { try await body() }
                guard case .corruptRecord(key: index, _)? = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
            #expect(try await store.snapshot() == before)
            // What takes away needs no index.
            _ = try await store.repository.extendSupportAccessGrant(grant.id, until: .after(.seconds(60)))
            #expect(try await store.repository.revokeSupportAccessGrant(grant.id) == .revoked)
        }
    }

    @Test("is made again by the nightly job, where it was lost")
    func restored() async throws {
        try await withStore { store in
            let admin = try store.user("admin")
            let grant = try await store.grant(to: admin)
            try await store.redis.send("DEL", store.keys.adminIndex(admin))
            #expect(try await store.repository.listSupportAccessGrants(grantedTo: admin).isEmpty)
            #expect(try await store.repository.deleteExpiredSupportAccessGrants() == 0)
            #expect(try await store.repository.listSupportAccessGrants(grantedTo: admin) == [grant])
            let before = try await store.snapshot()
            #expect(try await store.repository.deleteExpiredSupportAccessGrants() == 0)
            #expect(try await store.snapshot() == before)
        }
    }

    @Test("An entry that is over for more than a day goes with the next one")
    func pruned() async throws {
        try await withStore { store in
            let admin = try store.user("admin")
            let index = store.keys.adminIndex(admin)
            let now = try await store.now()
            let organization = try store.organization()
            let (over, recent) = (SupportAccessGrantID(for: organization), SupportAccessGrantID(for: organization))
            try await store.redis.send(
                "ZADD", index, "\(now - 86_500_000)", over.description, "\(now - 1)", recent.description)
            let grant = try await store.grant(to: admin)
            #expect(Set(try await store.members(of: index)) == [recent.description, grant.id.description])
            #expect(try await store.repository.listSupportAccessGrants(grantedTo: admin) == [grant])
        }
    }

    @Test("A grant that changes hands while an administrator's grants are revoked is revoked in their hands only")
    func race() async throws {
        try await withStore { store in
            let (anna, bert) = (try store.user("anna"), try store.user("bert"))
            for _ in 0..<20 {
                let grant = try await store.grant(to: anna)
                async let given = try? store.grant(to: bert, id: grant.id)
                async let revoked = store.repository.revokeSupportAccessGrants(.administrator(anna), by: nil)
                let count = try await revoked
                let found = try await store.repository.findSupportAccessGrant(grant.id)
                #expect((count == 1) == (found == nil))
                #expect((await given)?.grantedTo == (count == 1 ? nil : bert) || found == nil)
                _ = try await store.repository.revokeSupportAccessGrant(grant.id)
            }
        }
    }

    @Test("All at once finds the grants whatever became of their indexes, and damaged ones too")
    func everyone() async throws {
        try await withStore { store in
            let grants = try await inParallel(40) { number in
                try await store.repository.saveSupportAccessGrant(
                    NewSupportAccessGrant(
                        organizationID: try store.organization("org \(number % 3)"), grantedBy: "alice",
                        expiry: .after(.seconds(600)), grantedTo: .anyAdministrator))
            }
            let session = try await store.supportSession(of: try store.user("admin"), under: grants[3].id)
            try await store.redis.send("DEL", store.keys.organizationIndex(try store.organization("org 0")))
            try await store.makeString(store.keys.organizationIndex(try store.organization("org 1")))
            try await store.makeString(store.keys.grant(grants[7].id))
            try await store.redis.send("HDEL", store.keys.grant(grants[8].id), "organization")
            #expect(try await store.repository.revokeSupportAccessGrants(.everyone, by: "root") == 40)
            for grant in grants {
                #expect(try await store.repository.findSupportAccessGrant(grant.id) == nil)
                #expect(try await store.exists(store.keys.revokedGrant(grant.id)))
            }
            #expect(try await store.repository.authorize(session.id).termination?.by == "root")
            for name in ["org 1", "org 2"] {
                try await store.redis.send("DEL", store.keys.organizationIndex(try store.organization(name)))
            }
        }
    }
}
