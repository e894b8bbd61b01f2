import Testing

@testable import SessionRepository

/// One fault under load: it strikes, it ends, the client recovers, and the record of it all is judged.
struct FaultRound<Topology: FaultTopology> {
    let topology: Topology
    let fault: Topology.Fault
    let world: LoadWorld
    let tally: Tally
    let commandTimeout: Duration
    /// Beyond the deadline: what a busy machine may need.
    var margin = Duration.seconds(5)
    /// How long the client may take to recover before that counts as never.
    var patience = Duration.seconds(20)

    struct Result {
        /// From the servers' recovery until every operation of the load was answered, less what the slowest of its kind
        /// took in good health.
        var recovery: Duration
        /// The operation that took so long.
        var slowest: LoadOperation?
        /// What stood in the way where that took too long.
        var obstacle: String?
        /// Answers of operations that take away, while nothing could be added.
        var answersMeanwhile: [LoadOperation: Int]
        /// With their stories.
        var violations: [String]
    }

    /// - Parameter workers: what each task of the load calls.
    func play(_ workers: [[LoadOperation]], pause: Duration = .milliseconds(5)) async throws -> Result {
        let limit: @Sendable (LoadOperation) -> Duration = { [commandTimeout, margin] operation in
            commandTimeout * operation.exchanges + margin
        }
        let operations = Set(workers.joined())
        let load = Load(on: world, tally: tally, limit: limit)
        let tasks = load.start(workers, pause: pause)
        var result: Result
        do {
            result = try await disturb(operations, limit)
        } catch {
            load.stop()
            throw error
        }
        load.stop()
        try await eventually("every call returns: \(tally.open)", within: .seconds(60)) { tally.open.isEmpty }
        // A worker whose call never returns would be waited for in vain.
        if tally.open.isEmpty { for task in tasks { await task.value } }
        result.violations = try await world.verdict()
        return result
    }

    private func disturb(
        _ operations: Set<LoadOperation>, _ limit: @escaping @Sendable (LoadOperation) -> Duration
    ) async throws -> Result {
        try await eventually("the load is on") { operations.allSatisfy { tally.ended($0) > 0 } }
        let before = operations.map { ($0, tally.ended($0), tally.answered($0)) }
        let healthy = tally.slowest
        let begin = ContinuousClock.now
        try await strike()
        // At least one call of each that began under the fault.
        try await eventually("the load feels it", within: .seconds(60)) {
            before.allSatisfy { tally.ended($0.0) > $0.1 + 1 }
        }
        let meanwhile = Dictionary(uniqueKeysWithValues: before.map { ($0.0, tally.answered($0.0) - $0.2) })
        try await topology.heal(fault)
        let healed = ContinuousClock.now
        if fault.effects.isUntrusted { world.recorder.distrust(begin...healed) }
        var result = Result(recovery: .zero, answersMeanwhile: meanwhile, violations: [])
        for answer in try await recoveries(of: operations.union([.currentTime]), limit, since: healed) {
            result.obstacle = result.obstacle ?? answer.obstacle
            let delay = answer.obstacle == nil ? answer.time - (healthy[answer.operation] ?? .zero) : patience
            if delay > result.recovery { (result.recovery, result.slowest) = (delay, answer.operation) }
        }
        return result
    }

    private struct Recovery {
        let operation: LoadOperation
        let time: Duration
        /// Why it was not answered within `patience`.
        let obstacle: String?
    }

    /// Asks each operation until it is answered. All at once: one after the other, two dozen would take seconds where
    /// nothing is wrong.
    private func recoveries(
        of operations: Set<LoadOperation>, _ limit: @escaping @Sendable (LoadOperation) -> Duration,
        since healed: ContinuousClock.Instant
    ) async throws -> [Recovery] {
        let operations = Array(operations)
        return try await inParallel(operations.count) { [tally, world, patience] number in
            let operation = operations[number]
            var obstacle: String?
            while obstacle == nil, let error = await tally.count(operation, in: world, limit: limit(operation)),
                error.leavesItOpen
            {
                if ContinuousClock.now - healed >= patience { obstacle = "\(operation): \(error)" }
            }
            return Recovery(operation: operation, time: ContinuousClock.now - healed, obstacle: obstacle)
        }
    }

    private func strike() async throws {
        let begin = ContinuousClock.now
        repeat {
            let moment = ContinuousClock.now
            try await topology.inject(fault)
            if let loss = fault.effects.loss { world.recorder.append([.forgot(loss)], since: moment) }
            // How long a fault lasts is part of what it is.
            let rest = fault.effects.duration - (ContinuousClock.now - begin)
            if rest > .zero {
                try await Task.sleep(for: fault.effects.isRepeated ? min(rest, .milliseconds(40)) : rest)
            }
        } while fault.effects.isRepeated && ContinuousClock.now - begin < fault.effects.duration
    }
}
