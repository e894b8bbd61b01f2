import DequeModule

/// Runs tasks on a loop's own thread, in its turns. What they ask leaves with the turn and its answer finds them there:
/// nobody has to be woken but the loop, by the server.
///
/// A task may outlive the loop that it would rather run on: from then on it runs on Swift's own threads.
package final class LoopExecutor: TaskExecutor, @unchecked Sendable {
    private let mailbox: Mailbox
    private let gate: LoopGate
    // What makes the class not Sendable by itself: only the loop's thread touches it.
    private var ready: Deque<UnownedJob> = []

    /// After so many tasks what they ask is sent, so that the server works on it while others run: enough to be worth a
    /// system call.
    private static let batch = 8

    init(mailbox: Mailbox, gate: LoopGate) {
        self.mailbox = mailbox
        self.gate = gate
    }

    // MARK: From any thread

    /// Whether the caller runs there.
    package var isCurrent: Bool { gate.isOnLoop }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            ready.append(job)
        } else if !mailbox.deliver(job) {
            Self.runElsewhere(CollectionOfOne(job))
        }
    }

    static func runElsewhere(_ jobs: some Sequence<UnownedJob>) {
        for job in jobs { globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
    }

    // MARK: From the loop

    var hasReady: Bool { !ready.isEmpty }

    func add(_ jobs: [UnownedJob]) {
        ready += jobs
    }

    /// Runs what is ready by now, and not what that makes ready: the loop has other things to do, too.
    /// - Parameter pause: called after each batch; says whether to go on. The rest stays ready.
    func run(pause: () -> Bool) {
        var left = ready.count
        repeat {
            for _ in 0..<min(left, Self.batch) {
                ready.popFirst()?.runSynchronously(on: asUnownedTaskExecutor())
                left -= 1
            }
        } while pause() && left > 0
    }

    /// The loop has ended.
    func close() {
        Self.runElsewhere(ready)
        ready = []
    }
}
