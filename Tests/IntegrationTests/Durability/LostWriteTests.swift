import EmbeddedRedis
import Foundation
import Testing

@testable import SessionRepository

extension FaultTests {
    /// A master acknowledges, dies before any replica has heard of it, and a replica takes its place.
    @Suite("A revocation that a failover loses")
    struct LostWriteTests {
        enum Topology: CaseIterable, CustomTestStringConvertible {
            case sentinels, cluster
            var testDescription: String { self == .sentinels ? "with Sentinels" : "on Redis Cluster" }
        }

        @Test(
            "is applied again before anything else: what was revoked stays so, with a near cache too",
            arguments: Topology.allCases, [nil, NearCachePolicy.patient])
        func journal(_ topology: Topology, nearCache: NearCachePolicy?) async throws {
            try await withLostWrites(topology, journal: RevocationJournalPolicy(), nearCache: nearCache) {
                store, scene in
                let repository = store.repository
                // The very first answer that comes is right.
                let ended = try await repository.authorize(scene.terminated.id)
                #expect(ended.termination?.by == "admin")
                #expect(ended.termination?.reason == "stolen")
                for session in scene.bulk {
                    #expect(try await repository.authorize(session.id).termination?.by == "root")
                }
                #expect(try await repository.authorize(scene.kept.id).session?.id == scene.kept.id)
                #expect(try await repository.isRefreshTokenChainInvalidated(scene.invalidated.id))
                #expect(try await repository.authorize(scene.invalidated.id).session?.id == scene.invalidated.id)
                #expect(try await repository.findSupportAccessGrant(scene.grant.id) == nil)
                #expect(try await repository.authorize(scene.support.id).session == nil)
                #expect(try await repository.rotateRefreshToken(scene.reused).word == "invalidated")
                // Of this one the new master has never heard; a late duplicate of its creation does not bring it back.
                #expect(try await repository.isRefreshTokenChainInvalidated(scene.brief.id))
                let late = await failure { () throws(SessionRepositoryError) in
                    try await repository.createSession(scene.brief)
                }
                #expect(late?.code == "sessionAlreadyEnded")
                // The same operation is answered as before, also by the server that never heard of it.
                let again = try await repository.terminateAllSessionsByUser(
                    scene.user, except: scene.kept.id, by: "root", reason: nil, operationID: scene.operation)
                #expect(again == scene.bulk.count)
                #expect(repository.revocationJournalStatus.replayed >= 5)
            }
        }

        @Test("is lost without a journal", arguments: Topology.allCases)
        func negativeControl(_ topology: Topology) async throws {
            try await withLostWrites(topology, journal: nil) { store, scene in
                let lost = try await store.repository.authorize(scene.terminated.id)
                #expect(lost == .active(scene.terminated))
                let grant = try await store.repository.findSupportAccessGrant(scene.grant.id)
                #expect(grant == scene.grant)
            }
        }

        @Test("takes nothing from who logged in since", arguments: Topology.allCases)
        func laterLogins(_ topology: Topology) async throws {
            try await withLostWrites(topology, journal: RevocationJournalPolicy()) { store, scene in
                let newcomer = try await store.create(for: scene.user)
                #expect(newcomer.isActive)
                // Another server comes, and the journal with it, for nothing was confirmed.
                try await scene.failOverAgain()
                #expect(try await store.repository.authorize(newcomer.id) == .active(newcomer))
                #expect(try await store.repository.authorize(scene.kept.id).session?.id == scene.kept.id)
            }
        }
    }

    /// What was there and what became of it.
    struct LostWriteScene {
        let user: UserID
        let terminated: Session
        let bulk: [Session]
        let kept: Session
        let invalidated: Session
        let grant: SupportAccessGrant
        let support: Session
        let reused: RefreshToken
        /// Created and terminated after the links were cut.
        let brief: NewSession
        let operation: OperationID
        let failOverAgain: () async throws -> Void
    }
}

extension FaultTests.LostWriteTests {
    private typealias Scene = FaultTests.LostWriteScene

    private func withLostWrites(
        _ topology: Topology, journal: RevocationJournalPolicy?, nearCache: NearCachePolicy? = nil,
        _ body: (Store, FaultTests.LostWriteScene) async throws -> Void
    ) async throws {
        let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
        let configure: (inout RedisSessionRepositoryConfiguration) -> Void = {
            $0.revocationJournal = journal
            $0.nearCache = nearCache
            $0.refreshTokenKeys = tokens
            $0.policy.reuseInterval = .zero
            $0.commandTimeout = .seconds(30)
        }
        switch topology {
        case .sentinels:
            try await withSentinels(configure: configure, checkingAfterwards: false) { store, group in
                let master = try await group.master()
                try await play(
                    store, name: { $0 }, master: master, replicas: group.servers.filter { $0 != master },
                    copies: 2, failOver: { _ = try await group.waitForMaster(otherThan: master) },
                    failOverAgain: {
                        try await master.regainReplicas(group.servers.filter { $0 != master })
                        try await master.restart()
                        try await group.waitUntilStable()
                        _ = try await group.failover()
                    }, body)
            }
        case .cluster:
            try await withCluster(configure: configure, checkingAfterwards: false) { store, cluster in
                let master = try #require(await cluster.masters().first)
                let replicas = try await cluster.replicas(of: master)
                try await play(
                    store, name: { try await cluster.owner($0, on: master) }, master: master, replicas: replicas,
                    copies: 1, failOver: { try await cluster.waitUntilStable() },
                    failOverAgain: {
                        try await master.regainReplicas(replicas)
                        try await master.restart()
                        try await cluster.waitUntilStable()
                        _ = try await cluster.failover(of: replicas[0])
                    }, body)
            }
        }
    }

    private func play(
        _ store: Store, name: (String) async throws -> String, master: FleetServer, replicas: [FleetServer],
        copies: Int,
        failOver: () async throws -> Void, failOverAgain: @escaping () async throws -> Void,
        _ body: (Store, FaultTests.LostWriteScene) async throws -> Void
    ) async throws {
        let repository = store.repository
        let user = try await store.user(name("user"))
        let other = try await store.user(name("other"))
        let organization = try await OrganizationID(name("acme"))
        let terminated = try await store.create(for: other)
        let invalidated = try await store.create(for: other)
        let kept = try await store.create(for: user)
        let bulk = try await store.create(3, for: user)
        let grant = try await repository.saveSupportAccessGrant(
            NewSupportAccessGrant(
                organizationID: organization, grantedBy: "alice", expiry: .after(.seconds(3600)),
                grantedTo: .anyAdministrator))
        let support = try await store.supportSession(of: other, under: grant.id)
        let thief = try await repository.createSession(store.session(for: other))
        let stolen = try #require(thief.refreshToken)
        _ = try await repository.rotateRefreshToken(stolen)
        // This much has arrived, and what comes now will not.
        let arrived = try await repository.terminateSession(
            try await store.create(for: other).id, durability: .replicated(count: copies, timeout: .seconds(20)))
        #expect(arrived.reached == .replicated(count: copies))
        try await master.loseReplicas(replicas)

        let brief = store.session(for: other)
        _ = try await repository.createSession(brief)
        #expect(try await repository.terminateSession(brief.id) == .terminated)
        let operation = OperationID()
        #expect(try await repository.terminateSession(terminated.id, by: "admin", reason: "stolen") == .terminated)
        let ended = try await repository.terminateAllSessionsByUser(
            user, except: kept.id, by: "root", reason: nil, operationID: operation)
        #expect(ended == 3)
        #expect(try await repository.invalidateRefreshTokenChain(invalidated.id) == .invalidated)
        #expect(try await repository.revokeSupportAccessGrant(grant.id) == .revoked)
        #expect(try await repository.rotateRefreshToken(stolen).word == "reuse")
        try await master.kill()
        try await failOver()
        try await body(
            store,
            Scene(
                user: user, terminated: terminated, bulk: bulk, kept: kept, invalidated: invalidated, grant: grant,
                support: support, reused: stolen, brief: brief, operation: operation, failOverAgain: failOverAgain))
    }
}
