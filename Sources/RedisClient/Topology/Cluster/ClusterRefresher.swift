import Synchronization

/// Lets the map be fetched by one at a time and not too often, however many ask for it: a cluster in trouble must not be
/// asked a thousand times a second about itself.
final class ClusterRefresher: Sendable {
    private struct State {
        var isRunning = false
        var isWantedAgain = false
        var isStopped = false
        var lastBegin: MonotonicTime?
        var task: Task<Void, Never>?
    }

    private let state = Mutex(State())
    private let minimumInterval: Duration

    init(minimumInterval: Duration = .milliseconds(100)) {
        self.minimumInterval = minimumInterval
    }

    /// Begins a fetch, now or when the interval has passed. One that is under way may have been answered already: what
    /// is asked for meanwhile follows it.
    func request(_ fetch: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            guard !state.isStopped else { return }
            guard !state.isRunning else {
                state.isWantedAgain = true
                return
            }
            state.isRunning = true
            state.task = Task { await self.run(fetch) }
        }
    }

    func stop() async {
        let task = state.withLock { state in
            state.isStopped = true
            return state.task.take()
        }
        task?.cancel()
        await task?.value
    }

    private func run(_ fetch: @Sendable () async -> Void) async {
        repeat {
            let pause = state.withLock { state -> Duration in
                state.isWantedAgain = false
                guard let last = state.lastBegin else { return .zero }
                // Up to twice as long, so that processes that began together do not go on together.
                let interval = minimumInterval * Double.random(in: 1...2)
                return (last + interval).duration(since: .now())
            }
            if pause > .zero { try? await Task.sleep(for: pause) }
            // Stopped in its pause.
            guard !Task.isCancelled else { return }
            state.withLock { $0.lastBegin = .now() }
            await fetch()
        } while goesOn
    }

    private var goesOn: Bool {
        state.withLock { state in
            state.isRunning = state.isWantedAgain && !state.isStopped
            return state.isRunning
        }
    }
}
