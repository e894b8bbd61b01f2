import Foundation
import Testing

@testable import SessionRepository

/// Round after round on one repository: a mixed load, a random fault, the recovery, and the verdict on the round. What
/// is kept from one round for the next is bounded.
struct Soak<Topology: FaultTopology> {
    let duration: Duration
    let commandTimeout = Duration.milliseconds(300)
    /// How many ended sessions of earlier rounds are remembered, and how many of them are asked for after each round.
    private let graveyardSize = 5000
    private let visits = 200

    func run() async throws -> SoakSummary {
        let topology = try await Topology.start()
        do {
            let summary = try await run(on: topology)
            await topology.stop()
            return summary
        } catch {
            await topology.stop()
            throw error
        }
    }

    private func run(on topology: Topology) async throws -> SoakSummary {
        var summary = SoakSummary(topology: "\(Topology.self)")
        let keys = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withRepository(
            at: topology.server,
            configure: {
                $0.commandTimeout = commandTimeout
                $0.connectTimeout = commandTimeout
                $0.policy.maximumSessionsPerUser = 1000
                $0.policy.reuseInterval = .seconds(3600)
                // What has ended is soon gone: walks would get longer from round to round.
                $0.policy.terminatedRetention = .seconds(60)
                $0.refreshTokenKeys = keys
            }
        ) { repository in
            var graveyard: [SessionID] = []
            var deck: [Topology.Fault] = []
            let begin = ContinuousClock.now
            var nextReport = begin + .seconds(60)
            while ContinuousClock.now - begin < duration {
                // Each of them once before any comes again.
                if deck.isEmpty { deck = Topology.Fault.chosen.shuffled() }
                guard let fault = deck.popLast() else { break }
                try await round(fault, on: topology, in: repository, &graveyard, &summary)
                summary.duration = ContinuousClock.now - begin
                guard ContinuousClock.now >= nextReport else { continue }
                nextReport += .seconds(60)
                SoakSummary.report(summary.line)
            }
        }
        return summary
    }

    private func round(
        _ fault: Topology.Fault, on topology: Topology, in repository: RedisSessionRepository,
        _ graveyard: inout [SessionID], _ summary: inout SoakSummary
    ) async throws {
        let world = try await LoadWorld.make(in: repository)
        let tally = Tally()
        let round = FaultRound(
            topology: topology, fault: fault, world: world, tally: tally, commandTimeout: commandTimeout)
        let result = try await round.play(Self.workers(), pause: .milliseconds(1))
        summary.add(fault.rawValue, tally, result, fault.effects)
        for id in graveyard.shuffled().prefix(visits) where try await isActive(id, in: repository) {
            summary.add(violation: "\(id), ended in an earlier round, is active after \(fault.rawValue)")
        }
        try await world.retire()
        graveyard += world.pick { $0.sessions + $0.supportSessions + $0.bulk.values.joined() }
        graveyard = graveyard.suffix(graveyardSize)
    }

    /// What takes as long as a hundred others is left to two: the rest would wait for it most of the time.
    private static func workers() -> [[LoadOperation]] {
        // Everyone's end leaves nothing for the others to do: not in every round.
        let isWorstDay = Int.random(in: 0..<5) == 0
        let all = LoadOperation.allCases.filter { isWorstDay || $0 != .terminateAllSessions }
        return (0..<16).map { number in all.filter { number < 2 || !$0.isDear }.shuffled() }
    }

    private func isActive(_ id: SessionID, in repository: RedisSessionRepository) async throws -> Bool {
        try await insist { () throws(SessionRepositoryError) in try await repository.authorize(id).session != nil }
    }
}
