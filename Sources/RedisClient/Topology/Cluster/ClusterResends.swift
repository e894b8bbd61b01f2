import Synchronization

/// What may be asked again of a cluster after connections broke, for all of its callers together.
final class ClusterResends: Sendable {
    private struct State {
        var budget: ResendBudget
        var counted = 0
    }

    private let answered = Atomic(0)
    private let state: Mutex<State>

    /// - Parameter reserve: how many commands may be asked again before anything was answered.
    init(reserve: Int) {
        state = Mutex(State(budget: ResendBudget(reserve: reserve)))
    }

    /// A command was answered. Called for each: no lock.
    func earn() { answered.add(1, ordering: .relaxed) }

    /// - Returns: whether one more command may be asked again.
    func spend() -> Bool {
        state.withLock { state in
            let count = answered.load(ordering: .relaxed)
            state.budget.earn(count - state.counted)
            state.counted = count
            return state.budget.spend()
        }
    }
}
