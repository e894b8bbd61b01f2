import Synchronization

/// Lets others at a loop while its thread waits for something to happen, and at no other time.
final class LoopGate: Sendable {
    private let loop = Mutex<ConnectionLoop?>(nil)

    /// Runs a loop to its end on this thread.
    func run(_ make: @Sendable () -> ConnectionLoop) {
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
        loop.withLockIfAvailable { $0?.sendAtOnce(submission) ?? false } ?? false
    }
}
