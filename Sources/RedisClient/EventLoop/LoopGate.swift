import Synchronization

/// Lets others at a loop while its thread waits for something to happen, and at no other time.
final class LoopGate: Sendable {
    private let loop = Mutex<ConnectionLoop?>(nil)
    /// Whether the loop waits. The lock alone decides and orders; this spares whoever comes an attempt that would fail,
    /// which takes two calls to the system, one of them from the loop. And the loop's own thread must not try at all,
    /// though a caller may go on upon it, under an executor that runs at once what it is given: before Swift 6.3 that ends
    /// the process. What others see of it may be old; what the loop's thread sees, which alone writes it, is not.
    private let isOpen = Atomic<Bool>(false)

    /// Runs a loop to its end on this thread.
    func run(_ make: @Sendable () -> ConnectionLoop) {
        loop.withLock { $0 = make() }
        while var waiting = loop.withLock({ $0?.prepare() }) {
            isOpen.store(true, ordering: .relaxed)
            let happened = waiting.wait()
            isOpen.store(false, ordering: .relaxed)
            loop.withLock { [waiting] in $0?.turn(waiting, happened: happened) }
        }
        loop.withLock { $0 = nil }
    }

    /// Sends a command from this thread.
    /// - Returns: `false` when that is not possible now, and nothing has been done.
    func sendAtOnce(_ submission: Mailbox.Submission) -> Bool {
        guard isOpen.load(ordering: .relaxed) else { return false }
        return loop.withLockIfAvailable { $0?.sendAtOnce(submission) ?? false } ?? false
    }
}
