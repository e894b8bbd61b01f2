import Foundation
import Testing

@testable import SessionRepository

/// Every fault crossed with every operation, each cell with a server, a proxy, a repository and a load of its own.
@Suite("The fault matrix", .nothingLeaks, .timeLimit(.minutes(10)))
struct FaultMatrix {
    private static let gate = Gate(16)

    @Test(
        "One server: each call returns in time, nothing comes back, and the client recovers by itself",
        arguments: StandaloneFault.chosen, LoadOperation.chosen)
    func standalone(_ fault: StandaloneFault, _ operation: LoadOperation) async throws {
        // Four tasks call the operation, one everything that looks, one everything that changes.
        let workers = Array(repeating: [operation], count: 4) + [Self.looking, Self.changing]
        try await Self.gate.pass { try await FaultCell<Standalone>(fault: fault, workers: workers).play() }
    }

    @Test(
        "A master and its replica: whatever befalls the replica and the way to it, clients do not notice",
        arguments: ReplicationFault.chosen)
    func replicated(_ fault: ReplicationFault) async throws {
        let workers = Array(repeating: LoadOperation.allCases.filter { $0 != .terminateAllSessions }, count: 6)
        try await Self.gate.pass { try await FaultCell<Replicated>(fault: fault, workers: workers).play() }
    }

    @Test("A server that forgets what it had confirmed is found out")
    func control() async throws {
        try await Self.gate.pass {
            let topology = try await Standalone.start(isDurable: false)
            try await withRepository(at: topology.server, configure: FaultCells.configure) { repository in
                let round = FaultRound(
                    topology: topology, fault: .killed, world: try await FaultCells.makeWorld(in: repository),
                    tally: Tally(), commandTimeout: FaultCells.commandTimeout)
                let result = try await round.play([Self.looking, Self.changing])
                #expect(result.violations.contains { $0.hasPrefix("lost") })
            }
            await topology.stop()
        }
    }

    private static let looking: [LoadOperation] = [
        .authorize, .findActiveSessionsByUser, .refreshTokenChainState, .findSupportAccessGrant,
        .authorizeSupportSession,
    ]

    private static let changing: [LoadOperation] = [
        .createSession, .terminateSession, .saveSupportAccessGrant, .revokeSupportAccessGrant,
        .terminateAllSessionsByUser, .invalidateRefreshTokenChain, .rotateRefreshToken, .createSupportSession,
    ]
}

extension CaseIterable where Self: RawRepresentable<String> {
    /// All, or those that SESSION_FAULTS names (faults, operations or both), to look into a few cells only.
    static var chosen: [Self] {
        let named = (ProcessInfo.processInfo.environment["SESSION_FAULTS"] ?? "").split(separator: ",").map(String.init)
        let chosen = allCases.filter { named.contains($0.rawValue) }
        return chosen.isEmpty ? Array(allCases) : chosen
    }
}
