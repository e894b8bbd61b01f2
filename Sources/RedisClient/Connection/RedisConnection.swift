import Logging
import Synchronization

/// A connection to one Redis server that many tasks share: what they send at the same time goes out as one pipeline.
///
/// Usable from the moment it is made; it connects when the first command comes and reconnects by itself. Call
/// `shutdown` when done; one that is merely dropped closes too, without draining.
package final class RedisConnection: Sendable {
    private let configuration: RedisClientConfiguration
    private let mailbox: Mailbox
    private let gate = LoopGate()
    /// Runs tasks on the loop's thread.
    package let executor: LoopExecutor
    private let lastID = Atomic<UInt64>(0)
    /// What the log-in could not bring to this server.
    let heldSlots = HeldSlots()

    /// - Parameters:
    ///   - source: where to connect to; asked again for each attempt.
    ///   - journal: what is to be applied again when the connection comes to another server, before anything else.
    ///   - asksIdentity: whether `identity` is wanted.
    ///   - observer: who is told how the connection fares.
    ///   - staysAtMaster: whether the server must be a master, and show it again and again.
    ///   - failsFast: whether commands fail as soon as there is no connection, instead of waiting for the next one.
    /// - Throws: `unavailable` when the system has no thread or file descriptor to give.
    init(
        configuration: RedisClientConfiguration, source: any AddressSource, journal: WriteJournal? = nil,
        asksIdentity: Bool = false, staysAtMaster: Bool = false, failsFast: Bool = false,
        observer: (any ConnectionObserver)? = nil, logger: Logger
    ) throws(RedisError) {
        self.configuration = configuration
        guard let wakeup = Wakeup() else {
            throw .unavailable(reason: "the process has no file descriptor left")
        }
        mailbox = Mailbox(
            admission: Admission(
                maximumCommands: configuration.maximumQueuedCommands,
                maximumBytes: configuration.maximumQueuedBytes),
            wakeup: wakeup)
        executor = LoopExecutor(mailbox: mailbox, gate: gate)
        observer?.attached(mailbox)
        let parts = ConnectionLoop.Parts(
            configuration: configuration, source: source, journal: journal, heldSlots: heldSlots,
            asksIdentity: asksIdentity, failsFast: failsFast, staysAtMaster: staysAtMaster, observer: observer,
            mailbox: mailbox, gate: gate,
            executor: executor, wakeup: wakeup, logger: logger)
        guard ConnectionLoop.start(parts) else {
            mailbox.close()
            throw .unavailable(reason: "the system has no thread to give")
        }
    }

    deinit {
        mailbox.shutDown(drain: .zero)
    }

    /// The server that the connection is at; `nil` while it is at none, and when the server does not tell or was not
    /// asked.
    var identity: ServerIdentity? { mailbox.identity }

    /// Where it is connected to; `nil` while it is not.
    var place: RedisAddress? { mailbox.place }

    /// Commands that it has accepted and not yet done with.
    var queueDepth: Int { mailbox.queueDepth }

    /// Sends one command and decodes its reply.
    ///
    /// A cancelled or timed-out command frees its caller at once, though the server may still carry it out.
    /// - Parameters:
    ///   - isIdempotent: whether it may be sent again when the connection broke after it was sent.
    ///   - timeout: from now to the reply; `nil` takes the configuration's.
    ///   - proved: acts upon what `decode` made, once the reply is proved to answer this command; on the loop's thread, before
    ///     the caller goes on, and also when the caller has gone.
    func execute<Value: Sendable>(
        _ command: RedisCommand,
        isIdempotent: Bool = true,
        timeout: Duration? = nil,
        proved: (@Sendable (Value) -> Void)? = nil,
        decode: @escaping RedisDecoder<Value>
    ) async throws(RedisError) -> Value {
        try await perform(isIdempotent: isIdempotent, timeout: timeout) { continuation in
            Call(command, decode: decode, proved: proved, continuation: continuation)
        }
    }

    /// The same for two commands between which nothing comes, and both of whose replies are wanted.
    func execute<First: Sendable, Last: Sendable>(
        _ first: RedisCommand, _ last: RedisCommand, timeout: Duration? = nil,
        decodeFirst: @escaping RedisDecoder<First>,
        decodeLast: @escaping RedisDecoder<Last>
    ) async throws(RedisError) -> (First, Last) {
        try await perform(isIdempotent: true, timeout: timeout) { continuation in
            PairCall(first, last, decodeFirst: decodeFirst, decodeLast: decodeLast, continuation: continuation)
        }
    }

    @inline(__always)
    private func perform<Value: Sendable>(
        isIdempotent: Bool, timeout: Duration?,
        _ makeCall: (UnsafeContinuation<Result<Value, RedisError>, Never>) -> some PendingCommand
    ) async throws(RedisError) -> Value {
        let number = nextNumber()
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                submit(makeCall(continuation), number, isIdempotent: isIdempotent, timeout: timeout)
            }
        } onCancel: {
            cancel(number)
        }
        return try result.get()
    }

    // MARK: For callers in other modules whose calls must not be generic

    /// Names one command, for `cancel`.
    package func nextNumber() -> UInt64 {
        lastID.add(1, ordering: .relaxed).newValue
    }

    /// Exactly one of the call's `resume` and `fail` follows, perhaps before this returns. In a task's cancellation
    /// handler, call `cancel`.
    package func submit(
        _ call: any PendingCommand, _ number: UInt64, isIdempotent: Bool = true, timeout: Duration? = nil
    ) {
        let submission = Mailbox.Submission(
            id: number, request: call, timeout: timeout ?? configuration.commandTimeout, isIdempotent: isIdempotent)
        if let refusal = mailbox.submit(submission, trying: gate) {
            call.fail(refusal)
        } else if Task.isCancelled {
            // The handler may have run before there was anything to cancel.
            mailbox.cancel(number)
        }
    }

    /// Frees the caller at once, if that is still needed.
    package func cancel(_ number: UInt64) {
        mailbox.cancel(number)
    }

    /// Gives the present connection up and looks anew for where to connect to. What was sent and may be repeated is sent
    /// again.
    func relocate(_ reason: String) {
        mailbox.relocate(.unavailable(reason: reason))
    }

    /// The same, unless the connection is where it should be.
    func relocate(unlessAtOneOf places: [RedisAddress], _ reason: String) {
        guard let place = mailbox.place, !places.contains(where: place.isSamePlace) else { return }
        relocate(reason)
    }

    /// Waits for what is on its way, at most `drain` or else `drainTimeout`, then closes. Everything later throws
    /// `shutDown`.
    func shutdown(drain: Duration? = nil) async {
        mailbox.shutDown(drain: drain ?? configuration.drainTimeout)
        await mailbox.finished()
    }
}
