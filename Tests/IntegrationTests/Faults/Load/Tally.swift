import SessionRepository
import Synchronization

/// What became of the calls of a load: how many ended how, which came too late, and which have not come back.
final class Tally: Sendable {
    struct Call: Sendable {
        let operation: LoadOperation
        let begin: ContinuousClock.Instant
        let limit: Duration
    }

    private struct State {
        var lastNumber = 0
        var open: [Int: Call] = [:]
        var outcomes: [LoadOperation: [String: Int]] = [:]
        var late: [String] = []
        var slowest: [LoadOperation: Duration] = [:]
    }

    private let state = Mutex(State())

    /// Runs the operation and notes how it ended.
    /// - Parameter limit: how long it may take.
    @discardableResult
    func count(
        _ operation: LoadOperation, in world: LoadWorld, limit: Duration
    ) async -> SessionRepositoryError? {
        let begin = ContinuousClock.now
        let number = state.withLock { state in
            state.lastNumber += 1
            state.open[state.lastNumber] = Call(operation: operation, begin: begin, limit: limit)
            return state.lastNumber
        }
        var failure: SessionRepositoryError?
        do throws(SessionRepositoryError) {
            try await operation.perform(in: world)
        } catch {
            failure = error
        }
        let duration = ContinuousClock.now - begin
        state.withLock { state in
            state.open[number] = nil
            state.outcomes[operation, default: [:]][failure?.code ?? "ok", default: 0] += 1
            state.slowest[operation] = max(state.slowest[operation] ?? .zero, duration)
            if duration > limit { state.late.append("\(operation) took \(duration)") }
        }
        return failure
    }

    /// Calls that have not returned.
    var open: [Call] { state.withLock { Array($0.open.values) } }

    /// Calls that returned after their time.
    var late: [String] { state.withLock { $0.late } }

    var outcomes: [LoadOperation: [String: Int]] { state.withLock { $0.outcomes } }

    var slowest: [LoadOperation: Duration] { state.withLock { $0.slowest } }

    func ended(_ operation: LoadOperation) -> Int {
        state.withLock { $0.outcomes[operation]?.values.reduce(0, +) ?? 0 }
    }

    func answered(_ operation: LoadOperation) -> Int {
        state.withLock { $0.outcomes[operation]?["ok"] ?? 0 }
    }

    /// Every way in which calls ended.
    var codes: Set<String> { state.withLock { Set($0.outcomes.values.flatMap(\.keys)) } }
}
