@testable import SessionRepository

extension LoadWorld {
    /// Ends everything there still is, so that the next round's walks through the key space do not meet it.
    func retire() async throws {
        let grants = pick { Array($0.grants.keys) }
        try await insist { () throws(SessionRepositoryError) in
            _ = try await self.repository.terminateAllSessions(by: "retirement")
        }
        for grant in grants {
            try await insist { () throws(SessionRepositoryError) in
                _ = try await self.repository.revokeSupportAccessGrant(grant)
            }
        }
    }

    /// Clearing up is not under test: a server that is still busy with what a fault left behind gets its time.
    private func insist(_ body: () async throws(SessionRepositoryError) -> Void) async throws {
        let patience = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < patience {
            do throws(SessionRepositoryError) {
                return try await body()
            } catch {
                guard error.leavesItOpen else { throw error }
            }
        }
        try await body()
    }
}
