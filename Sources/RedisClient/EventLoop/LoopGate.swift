import Synchronization

/// Lets others at a loop while its thread waits for something to happen, and at no other time.
final class LoopGate: Sendable {
    private let loop = Mutex<ConnectionLoop?>(nil)
    /// The thread that the loop runs on, while it does.
    private let thread = Atomic<UInt>(0)

    /// Whether the caller is on that thread. A thread sees what it has stored itself, and no other's name is its own.
    var isOnLoop: Bool { thread.load(ordering: .relaxed) == Platform.currentThread }

    /// Runs a loop to its end on this thread.
    func run(_ make: @Sendable () -> ConnectionLoop) {
        thread.store(Platform.currentThread, ordering: .relaxed)
        defer { thread.store(0, ordering: .relaxed) }
        loop.withLock { $0 = make() }
        while var waiting = loop.withLock({ $0?.prepare() }) {
            let happened = waiting.wait()
            loop.withLock { [waiting] in $0?.turn(waiting, happened: happened) }
        }
        loop.withLock { $0 = nil }
    }

    /// Sends a command from this thread.
    /// - Returns: `false` when that is not possible now, and nothing has been done.
    func sendAtOnce(_ submission: Mailbox.Submission) -> Bool {
        // Of a task that runs there: the lock is held already.
        guard !isOnLoop else { return false }
        return loop.withLockIfAvailable { $0?.sendAtOnce(submission) ?? false } ?? false
    }
}
