import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("A failover right after a revocation")
    struct LostRevocationTests {
        @Test(
            "What was confirmed and had not reached the replica is applied again at the replica that takes its place",
            arguments: LostRevocation.Kind.allCases)
        func appliedAgain(_ kind: LostRevocation.Kind) async throws {
            #expect(try await LostRevocation.play(kind) == [])
        }

        @Test("The same with a near cache", arguments: LostRevocation.Kind.allCases)
        func nearCache(_ kind: LostRevocation.Kind) async throws {
            #expect(try await LostRevocation.play(kind) { $0.nearCache = .patient } == [])
        }

        @Test("Without the journal it is undone, and the history shows it", arguments: LostRevocation.Kind.allCases)
        func undone(_ kind: LostRevocation.Kind) async throws {
            let violations = try await LostRevocation.play(kind) { $0.revocationJournal = nil }
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
