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
}
