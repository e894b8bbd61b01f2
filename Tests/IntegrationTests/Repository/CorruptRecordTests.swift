import Foundation
import Testing

@testable import SessionRepository

@Suite("A record that does not decode")
struct CorruptRecordTests {
    /// What can be wrong with one field.
    enum Damage: Sendable {
        case missing(String)
        case wrong(String, String)
        case notUTF8(String)

        func apply(to key: String, in store: Store) async throws {
            switch self {
            case .missing(let field): try await store.redis.send("HDEL", key, field)
            case .wrong(let field, let value): try await store.redis.send("HSET", key, field, value)
            case .notUTF8(let field): try await store.spoil(key, field: field)
            }
        }
    }

    private func expectCorrupt<Value>(
        _ key: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () async throws(SessionRepositoryError) -> Value
    ) async {
        guard case .corruptRecord(key: key, let problem) = await failure(sourceLocation: sourceLocation, of: body)
        else {
            Issue.record("another error, or another key", sourceLocation: sourceLocation)
            return
        }
        #expect(!problem.isEmpty, sourceLocation: sourceLocation)
    }

    @Test(
        "A damaged session is an error that names its key: from authorize, find and list",
        arguments: [
            Damage.missing("id"), .wrong("id", ""), .wrong("id", "AbCdEfG"), .wrong("id", "AbCdEfGhI"),
            .wrong("id", "AbCd+fGh"), .notUTF8("id"), .missing("user"), .missing("state"), .missing("created"),
            .missing("seen"), .wrong("state", "suspended"), .wrong("state", ""), .wrong("state", "terminated"),
            .wrong("created", "yesterday"), .wrong("seen", "-1"), .wrong("seen", "1e12"), .wrong("seen", ""),
            .wrong("expires", "99999999999999999999"), .wrong("expires", " 5"), .wrong("authenticated", "x"),
            .wrong("grant", "not-an-id"), .notUTF8("user"), .notUTF8("device"), .notUTF8("agent"), .notUTF8("state"),
        ])
    func session(_ damage: Damage) async throws {
        try await withStore(checkingAfterwards: false) { store in
            let user = try store.user()
            let session = try await store.create(for: user)
            let key = store.keys.session(session.id)
            try await damage.apply(to: key, in: store)
            await expectCorrupt(key) { () throws(SessionRepositoryError) in
                try await store.repository.authorize(session.id)
            }
            await expectCorrupt(key) { () throws(SessionRepositoryError) in
                try await store.repository.findSession(session.id)
            }
            await expectCorrupt(key) { () throws(SessionRepositoryError) in
                try await store.repository.findSession(session.id, ownedBy: user)
            }
            // Terminated by hand, it is not active: a list leaves it out without reading it whole.
            if case .wrong("state", "terminated") = damage { return }
            await expectCorrupt(key) { () throws(SessionRepositoryError) in
                try await store.repository.findActiveSessionsByUser(user)
            }
        }
    }

    @Test("An attribute that is not UTF-8 is an error where it is read, and only there")
    func attribute() async throws {
        try await withStore(configure: { $0.authorizeAttributes = ["tenant"] }) { store in
            let new = NewSession(
                userID: try store.user(), ticket: .none, attributes: ["tenant": "acme", "theme": "dark"])
            let session = try await store.repository.createSession(new).session
            let key = store.keys.session(session.id)
            try await store.spoil(key, field: "attr:theme")
            #expect(try await store.repository.authorize(session.id).session?.attributes == ["tenant": "acme"])
            await expectCorrupt(key) { () throws(SessionRepositoryError) in
                try await store.repository.findSession(session.id)
            }
            try await store.spoil(key, field: "attr:tenant")
            await expectCorrupt(key) { () throws(SessionRepositoryError) in
                try await store.repository.authorize(session.id)
            }
        }
    }

    @Test("A hash with none of the fields is not unknown")
    func foreignHash() async throws {
        try await withStore(checkingAfterwards: false) { store in
            let id = SessionID(for: try store.user())
            let key = store.keys.session(id)
            try await store.redis.send("HSET", key, "something", "else")
            await expectCorrupt(key) { () throws(SessionRepositoryError) in
                try await store.repository.findSession(id)
            }
        }
    }

    @Test(
        "Whatever is wrong with a session, it can be terminated, alone and with all others",
        arguments: [
            Damage.missing("id"), .missing("created"), .missing("seen"), .wrong("expires", "inf"),
            .wrong("expires", "nan"), .wrong("expires", "1e300"), .wrong("expires", "12.7"), .wrong("expires", "x"),
            .notUTF8("agent"),
            // A number to Lua, and none to SET.
            .wrong("expires", "09999999999999"),
        ])
    func terminable(_ damage: Damage) async throws {
        try await withStore { store in
            let user = try store.user()
            let sessions = try await store.create(4, for: user)
            for session in sessions[..<3] { try await damage.apply(to: store.keys.session(session.id), in: store) }
            #expect(try await store.repository.invalidateRefreshTokenChain(sessions[0].id) == .invalidated)
            #expect(try await store.repository.terminateSession(sessions[1].id) == .terminated)
            #expect(try await store.repository.terminateAllSessionsByUser(user) == 3)
            for session in sessions {
                #expect(try await store.hash(store.keys.session(session.id))["state"] == "terminated")
                #expect(try await store.repository.isRefreshTokenChainInvalidated(session.id))
            }
        }
    }

    @Test("A bulk termination that is repeated knows its result, also when a session is dated in the far future")
    func dated() async throws {
        try await withStore { store in
            let user = try store.user()
            let sessions = try await store.create(2, for: user)
            try await Damage.wrong("created", "999999999999999").apply(
                to: store.keys.session(sessions[0].id), in: store)
            let operation = OperationID()
            for _ in 0..<2 {
                let count = try await store.repository.terminateAllSessionsByUser(
                    user, except: nil, by: nil, reason: nil, operationID: operation)
                #expect(count == 2)
            }
        }
    }

    @Test("A session without a user or with an unknown state can be touched no more than it can be authorized")
    func touch() async throws {
        for damage in [
            Damage.missing("user"), .wrong("state", "suspended"), .missing("state"), .wrong("idle", "x"),
            .wrong("idle", ""),
        ] {
            try await withStore(checkingAfterwards: false) { store in
                let session = try await store.create(for: try store.user())
                let key = store.keys.session(session.id)
                try await damage.apply(to: key, in: store)
                await expectCorrupt(key) { () throws(SessionRepositoryError) in
                    try await store.repository.touch(session.id)
                }
            }
        }
    }

    @Test("A member of an index that is no part of an ID is an error that names the index")
    func member() async throws {
        try await withStore(checkingAfterwards: false) { store in
            let user = try store.user()
            let index = store.keys.userIndex(user)
            let later = try await store.now() + 60_000
            try await store.redis.send("ZADD", index, "\(later)", "odd")
            // With no record it is only stale.
            #expect(try await store.repository.findActiveSessionsByUser(user).isEmpty)
            try await store.redis.send("ZADD", index, "\(later)", "odd")
            let record = store.keys.sessionStem(HashTag(owner: user.text)) + "odd"
            try await store.redis.send("HSET", record, "state", "active")
            await expectCorrupt(index) { () throws(SessionRepositoryError) in
                try await store.repository.findActiveSessionsByUser(user)
            }
        }
    }

    @Test(
        "A damaged grant is an error that names its key: from find and from list",
        arguments: [
            Damage.missing("organization"), .missing("grantedBy"), .missing("created"), .missing("expires"),
            .wrong("expires", "tomorrow"), .wrong("created", "-5"), .notUTF8("reason"), .notUTF8("grantedBy"),
        ])
    func grant(_ damage: Damage) async throws {
        try await withStore(checkingAfterwards: false) { store in
            let grant = try await store.grant()
            let key = store.keys.grant(grant.id)
            try await damage.apply(to: key, in: store)
            await expectCorrupt(key) { () throws(SessionRepositoryError) in
                try await store.repository.findSupportAccessGrant(grant.id)
            }
            await expectCorrupt(key) { () throws(SessionRepositoryError) in
                try await store.repository.listSupportAccessGrants(grant.organizationID)
            }
            #expect(try await store.repository.revokeSupportAccessGrant(grant.id) == .revoked)
            #expect(try await store.repository.findSupportAccessGrant(grant.id) == nil)
        }
    }

    @Test("A session under a grant without a readable expiry is refused, with nothing written")
    func underDamagedGrant() async throws {
        for damage in [Damage.missing("expires"), .wrong("expires", "tomorrow"), .wrong("expires", "inf")] {
            try await withStore(checkingAfterwards: false) { store in
                let grant = try await store.grant()
                let key = store.keys.grant(grant.id)
                try await damage.apply(to: key, in: store)
                let before = try await store.snapshot()
                let new = NewSession(userID: try store.user("admin"), ticket: .none, grantID: grant.id)
                await expectCorrupt(key) { () throws(SessionRepositoryError) in
                    try await store.repository.createSession(new).session
                }
                #expect(try await store.snapshot() == before)
            }
        }
    }
}
