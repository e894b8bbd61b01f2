import Synchronization

/// Lets others at a loop while its thread waits for something to happen, and at no other time.
final class LoopGate: Sendable {
    private let loop = Mutex<ConnectionLoop?>(nil)
    /// The thread that works in the loop; `nobody` while it waits, `absent` before and after its life. The lock alone
    /// decides and orders. This tells the loop's own thread, which alone writes it, that it is the one: a task may run
    /// upon it. And it spares others an attempt that would fail, which takes two calls to the system, one of them from the
    /// loop; what they see may be old.
    private let worker = Atomic<UInt>(LoopGate.absent)

    private static let nobody: UInt = 0
    private static let absent: UInt = 1

    /// Whether the caller is on the loop's thread.
    var isOnLoop: Bool { worker.load(ordering: .relaxed) == Platform.currentThread }

    /// Runs a loop to its end on this thread.
    func run(_ make: @Sendable () -> ConnectionLoop) {
        let thread = Platform.currentThread
        worker.store(thread, ordering: .relaxed)
        loop.withLock { $0 = make() }
        while var waiting = loop.withLock({ $0?.prepare() }) {
            worker.store(Self.nobody, ordering: .relaxed)
            let happened = waiting.wait()
            worker.store(thread, ordering: .relaxed)
            loop.withLock { [waiting] in $0?.turn(waiting, happened: happened) }
        }
        loop.withLock { $0 = nil }
        worker.store(Self.absent, ordering: .relaxed)
    }

    /// Sends a command from this thread.
    /// - Returns: `false` when that is not possible now, and nothing has been done.
    func sendAtOnce(_ submission: Mailbox.Submission) -> Bool {
        guard worker.load(ordering: .relaxed) == Self.nobody else { return false }
        return loop.withLockIfAvailable { $0?.sendAtOnce(submission) ?? false } ?? false
    }
}
