import Synchronization

/// Where other threads leave work for the loop.
///
/// Only the push that finds the loop asleep wakes it: under load nobody pays for a system call.
final class Mailbox: Sendable {
    struct Submission: Sendable {
        let id: UInt64
        let request: any PendingCommand
        let timeout: Duration
        let isIdempotent: Bool
    }

    /// Everything that arrived since the loop looked last.
    struct Delivery: Sendable {
        var submissions: [Submission] = []
        var cancellations: Set<UInt64> = []
        var resolution: Result<[RedisAddress], RedisError>?
        /// Why the present connection is to be given up.
        var relocation: RedisError?
        var shutdown: Duration?

        var isEmpty: Bool {
            submissions.isEmpty && cancellations.isEmpty && resolution == nil && relocation == nil && shutdown == nil
        }

        mutating func clear() {
            submissions.removeAll(keepingCapacity: true)
            cancellations.removeAll(keepingCapacity: true)
            resolution = nil
            relocation = nil
            shutdown = nil
        }
    }

    private struct State {
        var admission: Admission
        var delivery = Delivery()
        var loopSleeps = false
        var accepts = true
        var isClosed = false
        var finishers: [UnsafeContinuation<Void, Never>] = []
        var identity: ServerIdentity?
        var place: RedisAddress?
    }

    private let state: Mutex<State>
    private let wakeup: Wakeup

    init(admission: Admission, wakeup: Wakeup) {
        self.wakeup = wakeup
        state = Mutex(State(admission: admission))
    }

    // MARK: From any thread

    /// `nil` when accepted. The request is not kept when it is refused.
    func submit(_ submission: Submission) -> RedisError? {
        state.withLock { state in
            guard state.accepts else { return .shutDown }
            guard state.admission.admit(bytes: submission.request.command.bytes.count) else { return .overloaded }
            state.delivery.submissions.append(submission)
            wake(&state)
            return nil
        }
    }

    func cancel(_ id: UInt64) {
        post { $0.cancellations.insert(id) }
    }

    func deliver(_ resolution: Result<[RedisAddress], RedisError>) {
        post { $0.resolution = resolution }
    }

    func relocate(_ reason: RedisError) {
        post { $0.relocation = reason }
    }

    /// The server that the loop is connected to; `nil` while it is not.
    var identity: ServerIdentity? { state.withLock(\.identity) }

    /// The address that it is connected to.
    var place: RedisAddress? { state.withLock(\.place) }

    /// Commands that have been admitted and have not left.
    var queueDepth: Int { state.withLock { $0.isClosed ? 0 : $0.admission.commands } }

    /// Refuses everything from now on, and lets the loop end within `drain`.
    func shutDown(drain: Duration) {
        state.withLock { $0.accepts = false }
        post { $0.shutdown = min(drain, $0.shutdown ?? drain) }
    }

    /// Returns when the loop has closed everything.
    func finished() async {
        await withUnsafeContinuation { continuation in
            let isClosed = state.withLock { state in
                if !state.isClosed { state.finishers.append(continuation) }
                return state.isClosed
            }
            if isClosed { continuation.resume() }
        }
    }

    private func post(_ change: (inout Delivery) -> Void) {
        state.withLock { state in
            guard !state.isClosed else { return }
            change(&state.delivery)
            wake(&state)
        }
    }

    /// Under the lock: once the loop has closed the pipe, its descriptor may belong to somebody else.
    private func wake(_ state: inout State) {
        guard state.loopSleeps else { return }
        state.loopSleeps = false
        wakeup.signal()
    }

    // MARK: From the loop

    /// Whether the loop may sleep: from now on a push wakes it. Gives back room first, because a command that is
    /// refused for want of room wakes nobody.
    func prepareToSleep(released: (commands: Int, bytes: Int) = (0, 0)) -> Bool {
        state.withLock { state in
            state.admission.release(commands: released.commands, bytes: released.bytes)
            state.loopSleeps = state.delivery.isEmpty
            return state.loopSleeps
        }
    }

    /// Takes all that is there, and gives back room for what has left. `delivery` is empty; its storage is used again.
    func exchange(_ delivery: inout Delivery, released: (commands: Int, bytes: Int)) {
        state.withLock { state in
            state.loopSleeps = false
            state.admission.release(commands: released.commands, bytes: released.bytes)
            swap(&state.delivery, &delivery)
        }
    }

    func note(identity: ServerIdentity?, place: RedisAddress?) {
        state.withLock { ($0.identity, $0.place) = (identity, place) }
    }

    /// The loop's last act: nobody signals after this.
    func close() {
        let finishers = state.withLock { state in
            state.accepts = false
            state.isClosed = true
            wakeup.close()
            defer { state.finishers = [] }
            return state.finishers
        }
        for finisher in finishers { finisher.resume() }
    }
}
