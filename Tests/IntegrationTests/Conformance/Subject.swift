import EmbeddedRedis
import Foundation
import Testing

@testable import SessionRepository
@testable import SessionRepositoryTesting

/// What must behave alike.
enum Implementation: CaseIterable, CustomTestStringConvertible {
    case redis
    /// The caller on the store's own thread.
    case redisOnItsThread
    case redisWithNearCache
    case sentinel
    case cluster
    case clusterWithNearCache
    /// A cluster whose slots change hands all the time, with the keys in them.
    case clusterInMotion
    /// A cluster whose masters are killed one after the other, all the time.
    case clusterLosingMasters
    case inMemory

    var testDescription: String {
        switch self {
        case .redis: "on Redis"
        case .redisOnItsThread: "on Redis, from the store's thread"
        case .redisWithNearCache: "on Redis with a near cache"
        case .sentinel: "on a master that Sentinels watch"
        case .cluster: "on Redis Cluster"
        case .clusterWithNearCache: "on Redis Cluster with a near cache"
        case .clusterInMotion: "on Redis Cluster whose slots move"
        case .clusterLosingMasters: "on Redis Cluster whose masters die"
        case .inMemory: "in memory"
        }
    }

    /// A reader's connection breaks with its master, and what is published meanwhile is lost: that it says so is tested
    /// elsewhere.
    static var withSteadyEvents: [Implementation] { allCases.filter { $0 != .clusterLosingMasters } }

    var isCluster: Bool {
        switch self {
        case .cluster, .clusterWithNearCache, .clusterInMotion, .clusterLosingMasters: true
        case .redis, .redisOnItsThread, .redisWithNearCache, .sentinel, .inMemory: false
        }
    }

    var hasNearCache: Bool { self == .redisWithNearCache || self == .clusterWithNearCache }

    /// Runs a test while what disturbs its servers is at work.
    func disturbed(_ body: () async throws -> Void) async throws {
        switch self {
        case .clusterInMotion: try await SharedFleets.clusterInMotion.value.audience.watching(body)
        case .clusterLosingMasters: try await SharedFleets.clusterLosingMasters.value.audience.watching(body)
        case .redis, .redisOnItsThread, .redisWithNearCache, .sentinel, .cluster, .clusterWithNearCache, .inMemory:
            try await body()
        }
    }

    /// Where the store is; `nil` where there is none outside of this process.
    func url() async throws -> String? {
        switch self {
        case .redis, .redisOnItsThread, .redisWithNearCache: try await SharedServer.url()
        case .sentinel: try await SharedFleets.sentinels.value.url
        case .cluster, .clusterWithNearCache: try await SharedFleets.cluster.value.url
        case .clusterInMotion: try await SharedFleets.clusterInMotion.value.cluster.url
        case .clusterLosingMasters: try await SharedFleets.clusterLosingMasters.value.cluster.url
        case .inMemory: nil
        }
    }
}

/// One of them, and its time.
struct Subject {
    let repository: any SessionRepository
    /// Returns when the store's clock has moved by that much.
    let letPass: (Duration) async throws -> Void
    /// A token of that generation, as the store would sign it.
    let token: (SessionID, Int64) throws -> RefreshToken

    func user(_ name: String = "user-42") throws -> UserID { try UserID(name) }
    func organization(_ name: String = "acme") throws -> OrganizationID { try OrganizationID(name) }

    func session(for user: UserID) -> NewSession {
        NewSession(
            userID: user, ticket: .none, deviceName: "Pixel 9", ipAddress: "203.0.113.7", userAgent: "App/1",
            attributes: ["tenant": "acme"])
    }

    @discardableResult
    func create(for user: UserID) async throws -> Session {
        try await repository.createSession(session(for: user)).session
    }

    @discardableResult
    func grant(
        _ expiry: NewSupportAccessGrant.Expiry = .after(.seconds(3600)), to admin: UserID? = nil,
        id: SupportAccessGrantID? = nil
    ) async throws -> SupportAccessGrant {
        try await repository.saveSupportAccessGrant(
            NewSupportAccessGrant(
                organizationID: try organization(), grantedBy: "alice", expiry: expiry, id: id,
                grantedTo: admin.map { .administrator($0) } ?? .anyAdministrator,
                reason: "ticket 7"))
    }
}

func withSubject(
    _ implementation: Implementation, policy: SessionPolicy = SessionPolicy(), tokens: RefreshTokenKeys? = nil,
    deployment: String? = nil, attributes: [String] = [], assurance: Bool = false,
    _ body: (Subject) async throws -> Void
) async throws {
    switch implementation {
    case .redis, .redisOnItsThread, .redisWithNearCache, .sentinel, .cluster, .clusterWithNearCache,
        .clusterInMotion, .clusterLosingMasters:
        try await implementation.disturbed {
            try await withStore(
                url: implementation.url(),
                policy: policy,
                configure: {
                    $0.refreshTokenKeys = tokens
                    $0.deployment = deployment
                    $0.authorizeAttributes = attributes
                    $0.authorizeAssurance = assurance
                    if implementation.hasNearCache { $0.nearCache = .patient }
                    // A master's successor wants votes, which a busy machine is slow to give.
                    if implementation == .clusterLosingMasters { $0.commandTimeout = .seconds(60) }
                }
            ) { store in
                if implementation == .redisWithNearCache { try await store.waitForNearCache() }
                let executor = implementation == .redisOnItsThread ? store.repository.taskExecutor : nil
                try await withTaskExecutorPreference(executor) {
                    try await body(
                        Subject(
                            repository: store.repository,
                            letPass: { duration in
                                let end = try await store.now() + duration.wholeMilliseconds
                                try await eventually("time passes") { try await store.now() >= end }
                            }, token: store.token(of:generation:)))
                }
            }
        }
    case .inMemory:
        let clock = ManualClock()
        let repository = try InMemorySessionRepository(
            policy: policy, refreshTokenKeys: tokens, authorizeAttributes: attributes, authorizeAssurance: assurance,
            deployment: deployment,
            now: { clock.now })
        try await body(
            Subject(
                repository: repository, letPass: { clock.advance(by: $0) },
                token: { id, generation in
                    try #require(repository.refreshTokenKeys)
                        .issue(RefreshTokenClaims(sessionID: id, generation: generation))
                }))
    }
}

extension RenewalOutcome {
    var created: CreatedSession? {
        if case .renewed(let created) = self { created } else { nil }
    }
}
