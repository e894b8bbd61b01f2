import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("A failover right after a revocation")
    struct LostRevocationTests {
        @Test(
            """
            Known limit: what was confirmed and had not reached the replica is undone by its promotion, and the history \
            shows it
            """, arguments: LostRevocation.Kind.allCases)
        func undone(_ kind: LostRevocation.Kind) async throws {
            let violations = try await LostRevocation.play(kind)
            #expect(
                violations.contains { if case .cameBack = $0 { true } else { false } },
                "\(kind) has survived: \(violations)")
        }

        @Test("What had reached the replica stays ended, and the client finds the new master by itself")
        func replicated() async throws {
            try await withReplicatedPair { pair in
                try await withRepository(at: pair.server) { repository in
                    let world = try await LoadWorld.make(in: repository)
                    for operation in LoadOperation.allCases { try? await operation.perform(in: world) }
                    try await pair.synchronize()
                    try await pair.failOver()
                    #expect(try await world.verdict() == [])
                }
            }
        }
    }
}
