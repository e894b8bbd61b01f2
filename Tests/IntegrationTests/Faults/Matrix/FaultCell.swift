import Testing

@testable import SessionRepository

/// One cell of the matrix: a topology, a repository and a load of its own, one fault, and the judgement.
struct FaultCell<Topology: FaultTopology> {
    let fault: Topology.Fault
    /// What each task of the load calls.
    let workers: [[LoadOperation]]

    func play() async throws {
        let topology = try await Topology.start()
        do {
            try await play(on: topology)
        } catch {
            await topology.stop()
            throw error
        }
        await topology.stop()
    }

    private func play(on topology: Topology) async throws {
        let tally = Tally()
        try await withRepository(at: topology.server, configure: FaultCells.configure) { repository in
            let round = FaultRound(
                topology: topology, fault: fault, world: try await FaultCells.makeWorld(in: repository), tally: tally,
                commandTimeout: FaultCells.commandTimeout)
            let result = try await round.play(workers)
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
            #expect(result.recovery < FaultCells.recoveryLimit, "\(result.slowest.map { "by \($0)" } ?? "")")
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
}

/// What all cells have in common.
enum FaultCells {
    static let commandTimeout = Duration.milliseconds(300)
    static let recoveryLimit = Duration.seconds(2)
    private static let keys = try? RefreshTokenKeys(signing: .generate(id: "k1"))

    static func configure(_ configuration: inout RedisSessionRepositoryConfiguration) {
        configuration.commandTimeout = commandTimeout
        configuration.connectTimeout = commandTimeout
        configuration.policy.maximumSessionsPerUser = 1000
        configuration.policy.reuseInterval = .seconds(3600)
        configuration.refreshTokenKeys = keys
    }

    /// A busy machine may be late; what is tested comes later.
    static func makeWorld(in repository: RedisSessionRepository) async throws -> LoadWorld {
        for _ in 0..<5 {
            if let world = try? await LoadWorld.make(in: repository) { return world }
        }
        return try await LoadWorld.make(in: repository)
    }
}
