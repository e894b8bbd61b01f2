import Foundation
import Testing

@testable import SessionRepository

/// Every fault crossed with every operation, each cell with a server, a proxy, a repository and a load of its own.
@Suite("The fault matrix", .nothingLeaks, .timeLimit(.minutes(10)))
struct FaultMatrix {
    private static let gate = Gate(16)
    private static let commandTimeout = Duration.milliseconds(300)
    private static let recoveryLimit = Duration.seconds(2)

    @Test(
        "One server: each call returns in time, nothing comes back, and the client recovers by itself",
        arguments: StandaloneFault.chosen, LoadOperation.chosen)
    func standalone(_ fault: StandaloneFault, _ operation: LoadOperation) async throws {
        // Four tasks call the operation, one everything that looks, one everything that changes.
        let workers = Array(repeating: [operation], count: 4) + [Self.looking, Self.changing]
        try await Self.gate.pass { try await cell(Standalone.self, fault, workers) }
    }

    @Test(
        "A master and its replica: whatever befalls the replica and the way to it, clients do not notice",
        arguments: ReplicationFault.chosen)
    func replicated(_ fault: ReplicationFault) async throws {
        let workers = Array(repeating: LoadOperation.allCases.filter { $0 != .terminateAllSessions }, count: 6)
        try await Self.gate.pass { try await cell(Replicated.self, fault, workers) }
    }

    @Test("A server that forgets what it had confirmed is found out")
    func control() async throws {
        try await Self.gate.pass {
            let topology = try await Standalone.start(isDurable: false)
            try await withRepository(at: topology.server, configure: Self.configure) { repository in
                let round = FaultRound(
                    topology: topology, fault: .killed, world: try await makeWorld(in: repository), tally: Tally(),
                    commandTimeout: Self.commandTimeout)
                let result = try await round.play([Self.looking, Self.changing])
                #expect(result.violations.contains { $0.hasPrefix("lost") })
            }
            await topology.stop()
        }
    }

    private func cell<Topology: FaultTopology>(
        _ topology: Topology.Type, _ fault: Topology.Fault, _ workers: [[LoadOperation]]
    ) async throws {
        let topology = try await Topology.start()
        do {
            try await cell(topology, fault, workers)
        } catch {
            await topology.stop()
            throw error
        }
        await topology.stop()
    }

    private func cell<Topology: FaultTopology>(
        _ topology: Topology, _ fault: Topology.Fault, _ workers: [[LoadOperation]]
    ) async throws {
        let tally = Tally()
        try await withRepository(at: topology.server, configure: Self.configure) { repository in
            let round = FaultRound(
                topology: topology, fault: fault, world: try await makeWorld(in: repository), tally: tally,
                commandTimeout: Self.commandTimeout)
            let result = try await round.play(workers)
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
            #expect(result.recovery < Self.recoveryLimit)
            for operation in LoadOperation.allCases where fault.effects.fillsTheStore && operation.takesAway {
                #expect(result.answersMeanwhile[operation] != 0, "\(operation) does not work in a full store")
            }
        }
        #expect(tally.late.isEmpty)
        #expect(tally.codes.subtracting(fault.effects.expectedCodes) == [])
        try await eventually("no connection is left: \(try await topology.remains())", within: .seconds(10)) {
            try await topology.remains().isEmpty
        }
    }

    /// A busy machine may be late; what is tested comes later.
    private func makeWorld(in repository: RedisSessionRepository) async throws -> LoadWorld {
        for _ in 0..<5 {
            if let world = try? await LoadWorld.make(in: repository) { return world }
        }
        return try await LoadWorld.make(in: repository)
    }

    private static let looking: [LoadOperation] = [
        .authorize, .findActiveSessionsByUser, .refreshTokenChainState, .findSupportAccessGrant,
        .authorizeSupportSession,
    ]

    private static let changing: [LoadOperation] = [
        .createSession, .terminateSession, .saveSupportAccessGrant, .revokeSupportAccessGrant,
        .terminateAllSessionsByUser, .invalidateRefreshTokenChain, .rotateRefreshToken, .createSupportSession,
    ]

    private static func configure(_ configuration: inout RedisSessionRepositoryConfiguration) {
        configuration.commandTimeout = commandTimeout
        configuration.connectTimeout = commandTimeout
        configuration.policy.maximumSessionsPerUser = 1000
        configuration.policy.reuseInterval = .seconds(3600)
        configuration.refreshTokenKeys = keys
    }

    private static let keys = try? RefreshTokenKeys(signing: .generate(id: "k1"))
}

extension CaseIterable where Self: RawRepresentable<String> {
    /// All, or those that SESSION_FAULTS names (faults, operations or both), to look into a few cells only.
    fileprivate static var chosen: [Self] {
        let named = (ProcessInfo.processInfo.environment["SESSION_FAULTS"] ?? "").split(separator: ",").map(String.init)
        let chosen = allCases.filter { named.contains($0.rawValue) }
        return chosen.isEmpty ? Array(allCases) : chosen
    }
}
