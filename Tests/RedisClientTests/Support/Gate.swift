import Synchronization

/// Counts who came, and lets them go on when it is opened.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var arrivals: [MonotonicMoment] = []
        var inside = 0
        var mostInside = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    typealias MonotonicMoment = ContinuousClock.Instant

    private let state = Mutex(State())

    init(isOpen: Bool = false) {
        state.withLock { $0.isOpen = isOpen }
    }

    var arrivals: [MonotonicMoment] { state.withLock(\.arrivals) }
    var mostAtOnce: Int { state.withLock(\.mostInside) }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                state.arrivals.append(.now)
                state.inside += 1
                state.mostInside = max(state.mostInside, state.inside)
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
        state.withLock { $0.inside -= 1 }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
