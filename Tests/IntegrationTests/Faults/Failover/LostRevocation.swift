@testable import SessionRepository

/// A revocation that was confirmed while the replica heard nothing any more; then the master is gone for ever.
struct LostRevocation {
    enum Kind: String, CaseIterable, Sendable {
        case terminateSession, terminateAllSessionsByUser, terminateAllSessions, renewSession
        case invalidateRefreshTokenChain, revokeSupportAccessGrant
    }

    /// What the record of it shows: `cameBack` when the revocation was lost.
    /// - Parameter configure: how the repository is set up that revokes, and that is asked afterwards.
    static func play(
        _ kind: Kind, configure: (inout RedisSessionRepositoryConfiguration) -> Void = { _ in }
    ) async throws -> Set<HistoryChecker.Violation> {
        var violations: Set<HistoryChecker.Violation> = []
        let keys = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withReplicatedPair { pair in
            try await withRepository(
                at: pair.server,
                configure: {
                    $0.refreshTokenKeys = keys
                    configure(&$0)
                }
            ) { repository in
                let size = LoadWorld.Size(users: 1, sessionsPerUser: 1, bulkUsers: 1, sessionsPerBulkUser: 2, grants: 1)
                let world = try await LoadWorld.make(in: repository, size: size)
                try await pair.synchronize()
                await pair.cutLink()
                try await revoke(kind, in: world)
                let moment = ContinuousClock.now
                try await pair.failOver()
                world.recorder.append([.forgot(.recentWrites)], since: moment)
                violations = try await world.violations()
            }
        }
        return violations
    }

    private static func revoke(_ kind: Kind, in world: LoadWorld) async throws {
        switch kind {
        case .terminateSession: try await world.terminateSession()
        case .terminateAllSessionsByUser: try await world.terminateAllSessionsByUser()
        case .terminateAllSessions: try await world.terminateAllSessions()
        case .renewSession: try await world.renewSession()
        case .invalidateRefreshTokenChain: try await world.invalidateChain()
        case .revokeSupportAccessGrant: try await world.revokeGrant()
        }
    }
}
