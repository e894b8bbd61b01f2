import Foundation
import Testing

@testable import SessionRepository

@Suite("A key of a wrong type")
struct WrongTypeTests {
    private func expectCorrupt<Value>(
        _ key: String, in store: Store, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () async throws(SessionRepositoryError) -> Value
    ) async throws {
        let before = try await store.snapshot()
        let error = await failure(sourceLocation: sourceLocation, of: body)
        if case .corruptRecord(key: let named, let problem) = error {
            #expect(named == key, sourceLocation: sourceLocation)
            #expect(!problem.isEmpty, sourceLocation: sourceLocation)
        } else {
            Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
        }
        #expect(try await store.snapshot() == before, "nothing is written", sourceLocation: sourceLocation)
    }

    @Test("A session that is no hash is an error of everything that reads it, with nothing written")
    func session() async throws {
        try await withStore { store in
            let user = try store.user()
            let new = store.session(for: user)
            let session = try await store.repository.createSession(new).session
            let key = store.keys.session(session.id)
            try await store.makeString(key)
            try await expectCorrupt(key, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.authorize(session.id)
            }
            try await expectCorrupt(key, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.findSession(session.id)
            }
            try await expectCorrupt(key, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.findActiveSessionsByUser(user)
            }
            try await expectCorrupt(key, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.touch(session.id)
            }
            try await expectCorrupt(key, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.shortenSession(session.id, for: .seconds(1))
            }
            try await expectCorrupt(key, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.createSession(new).session
            }
            try await expectCorrupt(key, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.terminateSession(session.id)
            }
            #expect(try await store.repository.invalidateRefreshTokenChain(session.id) == .invalidated)
            #expect(try await store.repository.terminateAllSessionsByUser(user) == 0)
            #expect(try await store.members(of: store.keys.userIndex(user)).isEmpty)
        }
    }

    @Test("A user's index that is no sorted set is named by what needs it; a termination gets by without")
    func index() async throws {
        var policy = SessionPolicy()
        policy.activityResolution = .zero
        try await withStore(policy: policy) { store in
            let user = try store.user()
            let session = try await store.create(for: user)
            let index = store.keys.userIndex(user)
            try await store.makeString(index)
            try await expectCorrupt(index, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.createSession(store.session(for: user)).session
            }
            try await expectCorrupt(index, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.touch(session.id)
            }
            try await expectCorrupt(index, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.shortenSession(session.id, for: .seconds(1))
            }
            try await expectCorrupt(index, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.findActiveSessionsByUser(user)
            }
            try await expectCorrupt(index, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.terminateAllSessionsByUser(user)
            }
            #expect(try await store.repository.terminateSession(session.id) == .terminated)
            #expect(try await store.repository.authorize(session.id).termination != nil)
            try await store.redis.send("DEL", index)
        }
    }

    @Test("An account that is no hash stops a creation, and is replaced by a termination of all sessions")
    func account() async throws {
        try await withStore { store in
            let user = try store.user()
            try await store.create(for: user)
            let account = store.keys.account(user)
            try await store.makeString(account)
            try await expectCorrupt(account, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.createSession(store.session(for: user)).session
            }
            #expect(try await store.repository.terminateAllSessionsByUser(user) == 1)
            #expect(try await store.hash(account)["epoch"] != nil)
        }
    }

    @Test("A chain's key of any type means that the chain is invalid")
    func chain() async throws {
        try await withStore { store in
            let session = try await store.create(for: try store.user())
            let chain = store.keys.chain(session.id)
            try await store.redis.send("SADD", chain, "x")
            try await store.redis.send("PEXPIRE", chain, "60000")
            try await expectCorrupt(chain, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.isRefreshTokenChainInvalidated(session.id)
            }
            #expect(try await store.repository.invalidateRefreshTokenChain(session.id) == .alreadyInvalidated)
            #expect(try await store.repository.terminateSession(session.id) == .terminated)
            #expect(try await store.repository.isRefreshTokenChainInvalidated(session.id))
        }
    }

    @Test("A grant that is no hash is an error of what reads it, and can be revoked")
    func grant() async throws {
        try await withStore { store in
            let grant = try await store.grant()
            let key = store.keys.grant(grant.id)
            try await store.makeString(key)
            try await expectCorrupt(key, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.findSupportAccessGrant(grant.id)
            }
            try await expectCorrupt(key, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.listSupportAccessGrants(grant.organizationID)
            }
            let new = NewSupportAccessGrant(
                organizationID: grant.organizationID, grantedBy: "alice", expiry: .after(.seconds(60)), id: grant.id,
                grantedTo: .anyAdministrator)
            try await expectCorrupt(key, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.saveSupportAccessGrant(new)
            }
            let session = NewSession(userID: try store.user("admin"), ticket: .none, grantID: grant.id)
            try await expectCorrupt(key, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.createSession(session).session
            }
            #expect(try await store.repository.revokeSupportAccessGrant(grant.id) == .revoked)
            #expect(try await store.repository.findSupportAccessGrant(grant.id) == nil)
            #expect(try await store.repository.listSupportAccessGrants(grant.organizationID).isEmpty)
        }
    }

    @Test("An organization's index and a grant's sessions of a wrong type are named, and the grant can be revoked")
    func aroundGrants() async throws {
        try await withStore { store in
            let grant = try await store.grant()
            let index = store.keys.organizationIndex(grant.organizationID)
            try await store.makeString(index)
            let new = NewSupportAccessGrant(
                organizationID: grant.organizationID, grantedBy: "alice", expiry: .after(.seconds(60)),
                grantedTo: .anyAdministrator)
            try await expectCorrupt(index, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.saveSupportAccessGrant(new)
            }
            try await expectCorrupt(index, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.listSupportAccessGrants(grant.organizationID)
            }
            try await expectCorrupt(index, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.deleteExpiredSupportAccessGrants(of: grant.organizationID)
            }
            let sessions = store.keys.grantSessions(grant.id)
            try await store.makeString(sessions)
            let session = NewSession(userID: try store.user("admin"), ticket: .none, grantID: grant.id)
            try await expectCorrupt(sessions, in: store) { () throws(SessionRepositoryError) in
                try await store.repository.createSession(session).session
            }
            let mark = store.keys.revokedGrant(grant.id)
            #expect(try await store.repository.revokeSupportAccessGrant(grant.id) == .revoked)
            #expect(try await store.exists(mark))
            #expect(try await store.repository.findSupportAccessGrant(grant.id) == nil)
            try await store.redis.send("DEL", index)
        }
    }
}
