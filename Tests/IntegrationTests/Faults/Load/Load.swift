import Testing

@testable import SessionRepository

/// Tasks that go on calling operations until they are told to stop.
struct Load {
    let world: LoadWorld
    let tally: Tally
    let limit: @Sendable (LoadOperation) -> Duration
    private let isOver = Flag()

    init(on world: LoadWorld, tally: Tally, limit: @escaping @Sendable (LoadOperation) -> Duration) {
        self.world = world
        self.tally = tally
        self.limit = limit
    }

    /// Starts one worker per element, which calls its operations in turn.
    func start(_ workers: [[LoadOperation]], pause: Duration) -> [Task<Void, Never>] {
        workers.map { operations in
            Task { [self] in
                var turn = Int.random(in: 0..<max(1, operations.count))
                while !isOver.isRaised, !operations.isEmpty {
                    let operation = operations[turn % operations.count]
                    await call(operation)
                    turn += 1
                    // So many a second, not as many as the machine can do: others have their load too.
                    try? await Task.sleep(for: pause)
                }
            }
        }
    }

    /// One in twenty is cancelled a moment later: whoever waited for it has gone.
    private func call(_ operation: LoadOperation) async {
        let call = Task { await tally.count(operation, in: world, limit: limit(operation)) }
        if Int.random(in: 0..<20) == 0 {
            await Task.yield()
            call.cancel()
        }
        _ = await call.value
    }

    /// No new calls.
    func stop() { isOver.raise() }
}
