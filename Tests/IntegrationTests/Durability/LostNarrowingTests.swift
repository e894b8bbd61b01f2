import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    /// A server that is started again with an older snapshot, after what is no termination took something away.
    @Suite("What a crash takes back that was taken away without a revocation")
    struct LostNarrowingTests {
        @Test(
            "A grant that was shortened, and the session under it, end as early as before the crash",
            arguments: [true, false])
        func shortened(hasJournal: Bool) async throws {
            try await withCrash(hasJournal) { store, server in
                let grant = try await store.grant()
                let session = try await store.supportSession(of: try store.user("admin"), under: grant.id)
                _ = try await server.send(["SAVE"])
                let short = try await store.grant(for: .seconds(600), id: grant.id)
                try await server.restart()
                let found = try await store.repository.findSupportAccessGrant(grant.id)
                #expect(found?.expiresAt == (hasJournal ? short : grant).expiresAt)
                let active = try await store.repository.authorize(session.id).session
                #expect(active?.expiresAt == (hasJournal ? short : grant).expiresAt)
                let key = store.keys.grant(grant.id)
                #expect(try await store.expiry(of: key) == found?.expiresAt.unixMilliseconds)
                let index = store.keys.organizationIndex(grant.organizationID)
                let score = try await store.score(of: grant.id.value.random.text, in: index)
                #expect(score == found?.expiresAt.unixMilliseconds)
            }
        }

        @Test("A session that was shortened ends as early as before the crash", arguments: [true, false])
        func shortenedSession(hasJournal: Bool) async throws {
            try await withCrash(hasJournal) { store, server in
                let session = try await store.create(for: try store.user())
                _ = try await server.send(["SAVE"])
                _ = try await store.repository.shortenSession(session.id, for: .seconds(1200))
                let outcome = try await store.repository.shortenSession(session.id, for: .seconds(600))
                // Changes nothing, here and in the journal.
                _ = try await store.repository.shortenSession(session.id, for: .seconds(900))
                guard case .shortened(let end) = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
                try await server.restart()
                let found = try #require(try await store.repository.authorize(session.id).session)
                #expect(found.expiresAt == (hasJournal ? end : session.expiresAt))
                let key = store.keys.session(session.id)
                #expect(try await store.expiry(of: key) == found.idleExpiresAt.unixMilliseconds)
                let index = store.keys.userIndex(session.userID)
                let score = try await store.score(of: session.id.value.random.text, in: index)
                #expect(score == found.idleExpiresAt.unixMilliseconds)
            }
        }

        @Test(
            "A grant whose shortened time is over by then is gone, and its session has ended",
            arguments: [true, false])
        func expired(hasJournal: Bool) async throws {
            try await withCrash(hasJournal) { store, server in
                let grant = try await store.grant()
                let session = try await store.supportSession(of: try store.user("admin"), under: grant.id)
                _ = try await server.send(["SAVE"])
                _ = try await store.grant(for: .milliseconds(1), id: grant.id)
                try await eventually("it is over") {
                    try await store.repository.findSupportAccessGrant(grant.id) == nil
                }
                try await server.restart()
                #expect((try await store.repository.findSupportAccessGrant(grant.id) == nil) == hasJournal)
                #expect((try await store.repository.authorize(session.id).session == nil) == hasJournal)
            }
        }

        @Test(
            "A grant that was given to another administrator stays theirs",
            arguments: [true, false])
        func administrator(hasJournal: Bool) async throws {
            try await withCrash(hasJournal) { store, server in
                let (anna, bert) = (try store.user("anna"), try store.user("bert"))
                let grant = try await store.grant(to: anna)
                let session = try await store.supportSession(of: anna, under: grant.id)
                _ = try await server.send(["SAVE"])
                let moved = try await store.grant(to: bert, id: grant.id)
                try await server.restart()
                let found = try #require(try await store.repository.findSupportAccessGrant(grant.id))
                #expect(found.grantedTo == (hasJournal ? bert : anna))
                #expect((try await store.repository.authorize(session.id).session == nil) == hasJournal)
                // A repetition extends nothing.
                #expect(found.expiresAt <= moved.expiresAt)
            }
        }

        @Test(
            "A grant that was given away and back has lost its first sessions, also after the crash",
            arguments: [true, false])
        func givenBack(hasJournal: Bool) async throws {
            try await withCrash(hasJournal) { store, server in
                let (anna, bert) = (try store.user("anna"), try store.user("bert"))
                let grant = try await store.grant(to: anna)
                let session = try await store.supportSession(of: anna, under: grant.id)
                _ = try await server.send(["SAVE"])
                try await store.grant(to: bert, id: grant.id)
                try await store.grant(to: anna, id: grant.id)
                // What it says of the grant's last change holds those before it too.
                _ = try await store.repository.extendSupportAccessGrant(grant.id, until: .after(.seconds(60)))
                try await server.restart()
                #expect(try await store.repository.findSupportAccessGrant(grant.id)?.grantedTo == anna)
                let standing = try await store.repository.isInForce(grant.id, for: session.id, of: anna)
                #expect(standing == !hasJournal)
                #expect((try await store.repository.authorize(session.id).session == nil) == hasJournal)
            }
        }

        @Test("An end that was moved alone is moved again, and whom the grant names stays", arguments: [true, false])
        func extended(hasJournal: Bool) async throws {
            try await withCrash(hasJournal) { store, server in
                let anna = try store.user("anna")
                let grant = try await store.grant(to: anna)
                let session = try await store.supportSession(of: anna, under: grant.id)
                _ = try await server.send(["SAVE"])
                let short = try await store.repository.extendSupportAccessGrant(grant.id, until: .after(.seconds(60)))
                try await server.restart()
                #expect(try await store.repository.findSupportAccessGrant(grant.id) == (hasJournal ? short : grant))
                #expect(try await store.repository.authorize(session.id).session != nil)
            }
        }

        @Test(
            "A session that made room for a newer one stays ended",
            arguments: [true, false])
        func evicted(hasJournal: Bool) async throws {
            try await withCrash(hasJournal) { store, server in
                let user = try store.user()
                let sessions = [try await store.create(for: user), try await store.create(for: user)]
                _ = try await server.send(["SAVE"])
                for _ in 0..<2 { try await store.create(for: user) }
                try await server.restart()
                for session in sessions {
                    let ended = try await store.repository.authorize(session.id).termination
                    #expect(ended?.reason == (hasJournal ? Termination.sessionLimitReason : nil))
                    let isInvalidated = try await store.repository.isRefreshTokenChainInvalidated(session.id)
                    #expect(isInvalidated == hasJournal)
                }
            }
        }

        @Test("What was extended or given back since is not taken away by a repetition")
        func later() async throws {
            let options = EmbeddedRedisOptions(appendOnly: true, configuration: ["appendfsync always"])
            try await withPrivateStore(options) { store, server in
                let (anna, bert) = (try store.user("anna"), try store.user("bert"))
                let grant = try await store.grant(to: anna)
                _ = try await store.grant(for: .seconds(60), to: bert, id: grant.id)
                let extended = try await store.grant(for: .seconds(7200), to: anna, id: grant.id)
                // All of it is there, and the journal is applied again.
                try await server.restart()
                #expect(try await store.repository.findSupportAccessGrant(grant.id) == extended)
                #expect(store.repository.revocationJournalStatus.replayed > 0)
            }
        }

        @Test("A lost change of administrator is made again, also where another process has moved the end meanwhile")
        func movedMeanwhile() async throws {
            try await withPrivateStore { store, _ in
                let (anna, bert) = (try store.user("anna"), try store.user("bert"))
                let grant = try await store.grant(to: anna)
                let session = try await store.supportSession(of: anna, under: grant.id)
                let later = try await store.now() + 1000
                let lost = store.repository.saving(
                    of: SupportAccessGrant(
                        id: grant.id, organizationID: grant.organizationID, grantedBy: "alice", grantedTo: bert,
                        reason: nil, createdAt: grant.createdAt, expiresAt: grant.expiresAt),
                    saved: later, reassigned: later)
                // As if by a clock that is ahead.
                try await store.redis.send("HSET", store.keys.grant(grant.id), "saved", "\(later + 1)")
                _ = try await store.repository.extendSupportAccessGrant(grant.id, until: .after(.seconds(7200)))
                for expected in ["repeated", "unchanged"] {
                    let answer = try await store.redis.run(lost) { RedisValue($0) }
                    #expect(answer == .string(expected))
                }
                #expect(try await store.repository.findSupportAccessGrant(grant.id)?.grantedTo == bert)
                #expect(try await store.repository.authorize(session.id) == .supportAccessEnded)
            }
        }

        @Test("The repetition of a lost saving overrules no decision that came after it")
        func newDecision() async throws {
            try await withCrash(true) { store, server in
                let (anna, bert) = (try store.user("anna"), try store.user("bert"))
                let grant = try await store.grant(to: anna)
                _ = try await server.send(["SAVE"])
                _ = try await store.grant(to: bert, id: grant.id)
                try await server.restart()
                // Another process decides before the first one comes.
                try await withImpatience(.seconds(20), with: store) { other in
                    _ = try await other.saveSupportAccessGrant(
                        NewSupportAccessGrant(
                            organizationID: grant.organizationID, grantedBy: "alice", expiry: .after(.seconds(60)),
                            id: grant.id, grantedTo: .administrator(anna)))
                }
                let found = try #require(try await store.repository.findSupportAccessGrant(grant.id))
                // By then the lost saving had been made again, or its time was earlier.
                #expect(found.grantedTo == anna)
            }
        }
    }
}

extension FaultTests.LostNarrowingTests {
    private func withCrash(_ hasJournal: Bool, _ body: (Store, EmbeddedRedis) async throws -> Void) async throws {
        try await withPrivateStore(
            configure: {
                $0.policy.maximumSessionsPerUser = 2
                if !hasJournal { $0.revocationJournal = nil }
            }, checkingAfterwards: false, body)
    }
}
