import Foundation
import Testing

@testable import SessionRepository

@Suite("Finding, listing and clearing support-access grants")
struct ListGrantsTests {
    @Test("The first to expire comes first, and only the organization's own are listed")
    func order() async throws {
        try await withStore { store in
            let organization = try store.organization()
            let late = try await store.grant(for: .seconds(900))
            let early = try await store.grant(for: .seconds(300))
            let middle = try await store.grant(for: .seconds(600))
            let other = try await store.repository.saveSupportAccessGrant(
                NewSupportAccessGrant(
                    organizationID: try store.organization("other"), grantedBy: "x", expiry: .after(.seconds(9)),
                    grantedTo: .anyAdministrator))
            #expect(try await store.repository.listSupportAccessGrants(organization) == [early, middle, late])
            #expect(try await store.repository.listSupportAccessGrants(other.organizationID) == [other])
            #expect(try await store.repository.listSupportAccessGrants(store.organization("none")).isEmpty)
        }
    }

    @Test("An unknown grant is none")
    func unknown() async throws {
        try await withStore { store in
            let id = SupportAccessGrantID(for: try store.organization())
            #expect(try await store.repository.findSupportAccessGrant(id) == nil)
        }
    }

    @Test("An entry whose grant was deleted by hand, or expired, goes from the index")
    func repairs() async throws {
        try await withStore { store in
            let kept = try await store.grant()
            let deleted = try await store.grant()
            let index = store.keys.organizationIndex(kept.organizationID)
            try await store.redis.send("DEL", store.keys.grant(deleted.id))
            let past = try await store.now() - 1
            try await store.redis.send("ZADD", index, "\(past)", RandomPart.generate().text)
            #expect(try await store.repository.listSupportAccessGrants(kept.organizationID) == [kept])
            #expect(try await store.members(of: index) == [kept.id.value.random.text])
        }
    }

    @Test("A grant expires by itself, and its remains are removed for one organization")
    func deleteExpiredOfOne() async throws {
        try await withStore { store in
            let kept = try await store.grant()
            let short = try await store.grant(for: .milliseconds(30))
            let index = store.keys.organizationIndex(kept.organizationID)
            try await eventually("the grant expires") {
                try await store.repository.findSupportAccessGrant(short.id) == nil
            }
            #expect(try await store.members(of: index).count == 2)
            #expect(try await store.repository.deleteExpiredSupportAccessGrants(of: kept.organizationID) == 1)
            #expect(try await store.members(of: index) == [kept.id.value.random.text])
            #expect(try await store.repository.deleteExpiredSupportAccessGrants(of: kept.organizationID) == 0)
        }
    }

    @Test("They are removed for every organization of this prefix, whatever characters it has")
    func deleteExpiredOfAll() async throws {
        let prefix = "test-[*?]-\(OperationID())"
        try await withStore(configure: { $0.keyPrefix = prefix }) { store in
            let names = ["one", "two} :{", "th*ree"]
            for name in names {
                let organization = try store.organization(name)
                for duration in [Duration.seconds(600), .milliseconds(30)] {
                    _ = try await store.repository.saveSupportAccessGrant(
                        NewSupportAccessGrant(
                            organizationID: organization, grantedBy: "alice", expiry: .after(duration),
                            grantedTo: .anyAdministrator))
                }
            }
            try await eventually("the short grants expire") {
                for name in names {
                    let members = try await store.members(of: store.keys.organizationIndex(store.organization(name)))
                    let tag = HashTag(owner: name)
                    var present = 0
                    for member in members {
                        if try await store.exists(store.keys.grantStem(tag) + member) { present += 1 }
                    }
                    if present > 1 { return false }
                }
                return true
            }
            #expect(try await store.repository.deleteExpiredSupportAccessGrants() == 3)
            #expect(try await store.repository.deleteExpiredSupportAccessGrants() == 0)
        }
        try await removeKeys(ofPrefix: prefix)
    }

    /// The prefix means something else in a pattern, so that the store's own clearing misses its keys.
    private func removeKeys(ofPrefix prefix: String) async throws {
        let url = try await SharedServer.url()
        try await withStore(url: url, checkingAfterwards: false) { store in
            let pattern = prefix.map { "*?[]".contains($0) ? "\\\($0)" : "\($0)" }.joined()
            let keys = try await store.redis.keys(matching: pattern + ":*")
            #expect(keys.count == 6)
            for key in keys { try await store.redis.send("UNLINK", key) }
        }
    }
}
