import Synchronization

/// Where other threads leave work for the loop.
///
/// Only the push that finds the loop asleep wakes it: under load nobody pays for a system call.
final class Mailbox: Sendable {
    typealias Submission = Submissions.Item

    /// Where a name leads to, looked up while a connection stood.
    struct NameLookup: Sendable {
        let connection: Int
        let found: Result<[RedisAddress], RedisError>
    }

    /// What an attempt to connect is to log in with.
    struct CredentialDelivery: Sendable {
        let attempt: Int
        let found: Result<Credentials, RedisError>
    }

    /// Everything that arrived since the loop looked last.
    struct Delivery: Sendable {
        var submissions: [Submission] = []
        var cancellations: Set<UInt64> = []
        var jobs: [UnownedJob] = []
        var resolution: Result<[RedisAddress], RedisError>?
        var nameLookup: NameLookup?
        var credentials: CredentialDelivery?
        /// Why the present connection is to be given up.
        var relocation: RedisError?
        var shutdown: Duration?

        var isEmpty: Bool {
            submissions.isEmpty && cancellations.isEmpty && jobs.isEmpty && resolution == nil && nameLookup == nil
                && credentials == nil && relocation == nil && shutdown == nil
        }

        mutating func clear() {
            submissions.removeAll(keepingCapacity: true)
            cancellations.removeAll(keepingCapacity: true)
            jobs.removeAll(keepingCapacity: true)
            resolution = nil
            nameLookup = nil
            credentials = nil
            relocation = nil
            shutdown = nil
        }
    }

    /// All but the commands, which come much more often.
    private struct State {
        var delivery = Delivery()
        var isClosed = false
        var finishers: [UnsafeContinuation<Void, Never>] = []
        var identity: ServerIdentity?
        var place: RedisAddress?
    }

    private let admission: Admission
    private let submissions = Submissions()
    private let accepts = Atomic<Bool>(true)
    private let state = Mutex(State())
    /// Whether `state` has something for the loop.
    private let hasMore = Atomic<Bool>(false)
    private let wakeup: Wakeup

    init(admission: consuming Admission, wakeup: Wakeup) {
        self.wakeup = wakeup
        self.admission = admission
    }

    // MARK: From any thread

    /// `nil` when accepted. The request is not kept when it is refused.
    /// - Parameter gate: through which to send it without waking the loop, when there is nothing else on its way.
    func submit(_ submission: Submission, trying gate: LoopGate? = nil) -> RedisError? {
        guard accepts.load(ordering: .relaxed) else { return .shutDown }
        guard admission.admit(bytes: submission.request.command.bytes.count, timeout: submission.timeout) else {
            return .overloaded
        }
        if let gate, admission.commands == 1, gate.sendAtOnce(submission) { return nil }
        switch submissions.push(submission) {
        case .accepted: return nil
        case .acceptedBySleeper: signal()
        case .refused: return .shutDown
        }
        return nil
    }

    func cancel(_ id: UInt64) {
        post { $0.cancellations.insert(id) }
    }

    /// - Returns: `false` when there is no loop any more.
    func deliver(_ job: UnownedJob) -> Bool {
        post { $0.jobs.append(job) }
    }

    func deliver(_ resolution: Result<[RedisAddress], RedisError>) {
        post { $0.resolution = resolution }
    }

    func deliver(_ lookup: NameLookup) {
        post { $0.nameLookup = lookup }
    }

    func deliver(_ credentials: CredentialDelivery) {
        post { $0.credentials = credentials }
    }

    func relocate(_ reason: RedisError) {
        post { $0.relocation = reason }
    }

    /// The server that the loop is connected to; `nil` while it is not.
    var identity: ServerIdentity? { state.withLock(\.identity) }

    /// The address that it is connected to.
    var place: RedisAddress? { state.withLock(\.place) }

    /// Commands that have been admitted and have not left.
    var queueDepth: Int { state.withLock { $0.isClosed } ? 0 : admission.commands }

    /// Refuses everything from now on, and lets the loop end within `drain`.
    func shutDown(drain: Duration) {
        accepts.store(false, ordering: .relaxed)
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

    @discardableResult
    private func post(_ change: (inout Delivery) -> Void) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            change(&state.delivery)
            // Before looking whether the loop sleeps, as it says that it does before it looks here.
            hasMore.store(true, ordering: .sequentiallyConsistent)
            if submissions.rouse() { wakeup.signal() }
            return true
        }
    }

    /// Under the lock: once the loop has closed the pipe, its descriptor may belong to somebody else.
    private func signal() {
        state.withLock { if !$0.isClosed { wakeup.signal() } }
    }

    // MARK: From the loop

    /// Admits no more than the server can answer in time that takes so many nanoseconds for each command.
    func bound(by nanosecondsPerCommand: Int64) { admission.bound(by: nanosecondsPerCommand) }

    /// Whether the loop may sleep: from now on a push wakes it. Gives back room first, because a command that is
    /// refused for want of room wakes nobody.
    func prepareToSleep(released: (commands: Int, bytes: Int) = (0, 0)) -> Bool {
        admission.release(commands: released.commands, bytes: released.bytes)
        guard submissions.fallAsleep() else { return false }
        guard hasMore.load(ordering: .sequentiallyConsistent) else { return true }
        _ = submissions.rouse()
        return false
    }

    /// Takes all that is there, and gives back room for what has left. `delivery` is empty; its storage is used again.
    func exchange(_ delivery: inout Delivery, released: (commands: Int, bytes: Int)) {
        admission.release(commands: released.commands, bytes: released.bytes)
        // First: who cancels a command has submitted it before.
        if hasMore.exchange(false, ordering: .sequentiallyConsistent) {
            state.withLock { swap(&$0.delivery, &delivery) }
        }
        submissions.take(into: &delivery.submissions)
    }

    func note(identity: ServerIdentity?, place: RedisAddress?) {
        state.withLock { ($0.identity, $0.place) = (identity, place) }
    }

    /// The loop's last act: nobody signals after this.
    func close() {
        for late in submissions.close() { late.request.fail(.shutDown) }
        let (finishers, jobs) = state.withLock { state in
            state.isClosed = true
            wakeup.close()
            defer { (state.finishers, state.delivery.jobs) = ([], []) }
            return (state.finishers, state.delivery.jobs)
        }
        LoopExecutor.runElsewhere(jobs)
        for finisher in finishers { finisher.resume() }
    }
}
