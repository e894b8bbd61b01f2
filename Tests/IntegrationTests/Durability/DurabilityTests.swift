import EmbeddedRedis
import Testing

@testable import SessionRepository

@Suite("Durability", .timeLimit(.minutes(3)))
struct DurabilityTests {
    private static let patient = Durability.replicated(count: 2, timeout: .seconds(20))
    private static let brief = Durability.replicated(count: 2, timeout: .milliseconds(50))

    @Test("is reached when the replicas have it, for each kind of revocation")
    func reached() async throws {
        try await withStore(url: try await SharedFleets.sentinels.value.url) { store in
            let repository = store.repository
            let user = try store.user()
            let sessions = try await store.create(3, for: user)
            let terminated = try await repository.terminateSession(sessions[0].id, durability: Self.patient)
            #expect(terminated == Confirmed(.terminated, replicas: 2))
            let invalidated = try await repository.invalidateRefreshTokenChain(
                sessions[1].id, durability: Self.patient)
            #expect(invalidated == Confirmed(.invalidated, replicas: 2))
            let all = try await repository.terminateAllSessionsByUser(user, durability: Self.patient)
            #expect(all == Confirmed(2, replicas: 2))
            let grant = try await store.grant()
            let revoked = try await repository.revokeSupportAccessGrant(grant.id, durability: Self.patient)
            #expect(revoked == Confirmed(.revoked, replicas: 2))
        }
    }

    @Test("on a cluster is that of the master which has the keys")
    func cluster() async throws {
        try await withStore(url: try await SharedFleets.cluster.value.url) { store in
            for name in ["anna", "bert", "cleo", "dora"] {
                let session = try await store.create(for: try store.user(name))
                let durability = Durability.replicated(count: 1, timeout: .seconds(20))
                let confirmed = try await store.repository.terminateSession(session.id, durability: durability)
                #expect(confirmed == Confirmed(.terminated, replicas: 1))
            }
        }
    }

    @Test("that no replica can give is not claimed, and the revocation stands")
    func noReplicas() async throws {
        try await withStore { store in
            let session = try await store.create(for: try store.user())
            let confirmed = try await store.repository.terminateSession(session.id, durability: Self.brief)
            #expect(confirmed == Confirmed(.terminated))
            #expect(try await store.repository.authorize(session.id).termination != nil)
        }
    }

    @Test("without asking for replicas is the acknowledgement")
    func acknowledged() async throws {
        try await withStore(url: try await SharedFleets.sentinels.value.url) { store in
            let session = try await store.create(for: try store.user())
            let confirmed = try await store.repository.terminateSession(session.id, durability: .acknowledged)
            #expect(confirmed == Confirmed(.terminated))
        }
    }

    @Test("that cannot be meant is refused, and nothing is revoked")
    func refused() async throws {
        try await withStore { store in
            let session = try await store.create(for: try store.user())
            for wrong in [
                Durability.replicated(count: 0, timeout: .seconds(1)), .replicated(count: 1, timeout: .zero),
                .replicated(count: 101, timeout: .seconds(1)), .replicated(count: 1, timeout: .seconds(61)),
            ] {
                let error = await failure { () throws(SessionRepositoryError) in
                    try await store.repository.terminateSession(session.id, durability: wrong)
                }
                #expect(error?.code == "invalidInput")
            }
            #expect(try await store.repository.authorize(session.id) == .active(session))
        }
    }
}

extension FaultTests {
    @Suite("Durability when links are cut")
    struct CutLinkTests {
        @Test("is claimed for no more replicas than had it; many who wait share one WAIT")
        func cut() async throws {
            try await withSentinels { store, group in
                let sessions = try await store.create(50, for: try store.user())
                let first = try await store.create(for: try store.user("first"))
                #expect(try await store.repository.terminateSession(first.id) == .terminated)
                try await eventually("both replicas have it") {
                    store.repository.revocationJournalStatus.confirmed == 1
                }
                let master = try await group.master()
                let replicas = group.servers.filter { $0 != master }
                try await master.loseReplicas([replicas[0]])
                try await eventually("one replica is back") {
                    try await master.send("INFO", "replication").string?.contains("connected_slaves:1") ?? false
                }
                let confirmed = try await inParallel(50) { number in
                    try await store.repository.terminateSession(
                        sessions[number].id, durability: .replicated(count: 1, timeout: .seconds(20)))
                }
                #expect(confirmed.allSatisfy { $0 == Confirmed(.terminated, replicas: 1) })
                let stats = try await master.send("INFO", "commandstats").string ?? ""
                let waits = try #require(stats.firstMatch(of: /cmdstat_wait:calls=(\d+)/).flatMap { Int($0.1) })
                #expect(waits < 50)
                let more = try await store.repository.terminateSession(
                    sessions[0].id, durability: .replicated(count: 2, timeout: .milliseconds(100)))
                #expect(more.outcome == .alreadyTerminated)
                #expect(more.replicas <= 1)
                #expect(store.repository.revocationJournalStatus.pending > 0)
                try await master.regainReplicas([replicas[0]])
                try await eventually("the journal is confirmed once both have it") {
                    store.repository.revocationJournalStatus.pending == 0
                }
            }
        }
    }
}
