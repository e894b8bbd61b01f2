import Logging

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Drives one connection: carries events from the mailbox, the socket and the clock into the state machine, and does
/// what the machine wants. Lives and dies on its own thread, which holds its `LoopGate` whenever it does not wait.
final class ConnectionLoop: HiredisSocketDelegate {
    /// What one is made of.
    struct Parts: Sendable {
        let configuration: RedisClientConfiguration
        let source: any AddressSource
        let journal: WriteJournal?
        let heldSlots: HeldSlots
        let asksIdentity: Bool
        let failsFast: Bool
        /// Whether the server must be a master, and show it again and again.
        let staysAtMaster: Bool
        let observer: (any ConnectionObserver)?
        let mailbox: Mailbox
        let gate: LoopGate
        let executor: LoopExecutor
        let wakeup: Wakeup
        let logger: Logger
    }

    /// A command whose reply is proved, and whether its caller was freed before.
    struct Proved {
        let request: any PendingCommand
        let isLate: Bool
    }

    let configuration: RedisClientConfiguration
    let source: any AddressSource
    let mailbox: Mailbox
    private let wakeup: Wakeup
    let executor: LoopExecutor
    let heldSlots: HeldSlots
    let observer: (any ConnectionObserver)?
    let logger: Logger
    var login: Login
    var nonceCommand: NonceCommand
    var machine: ConnectionMachine<any PendingCommand, SystemRandomNumberGenerator>
    var socket: HiredisSocket?
    /// While there is no connection: the addresses that are being tried.
    var attempts: [ConnectionAttempt] = []
    var addresses: [RedisAddress] = []
    var place: RedisAddress?
    /// What the present attempt logs in with, where that may be something else each time.
    var credentials: Credentials?
    var attempt = 0
    /// Tells the connections apart that were made one after the other.
    var connectionNumber = 0
    /// When the handshake began that found out the server's role.
    var connectedAt = MonotonicTime.now()
    /// Noticed inside a call from the socket, where it must not be closed.
    var deferredFailure: RedisError?
    var isOutageReported = false
    /// Whether it was lost and has not logged in since.
    var isFailing = false
    /// Whether the subscription has begun on this connection.
    var isListening = false
    /// What is proved together is freed together.
    var proved: [Proved] = []
    private var delivery = Mailbox.Delivery()
    var now = MonotonicTime.now()
    /// When the loop looks at the clock next, whatever happens.
    private var wakesAt = MonotonicTime.now()
    private var wasUsed = false
    var slowTurns = SlowTurns()

    static func start(_ parts: Parts) -> Bool {
        DetachedThread.start(name: "redis-loop") {
            parts.gate.run { ConnectionLoop(parts) }
            parts.executor.close()
            parts.mailbox.close()
        }
    }

    private init(_ parts: Parts) {
        configuration = parts.configuration
        source = parts.source
        mailbox = parts.mailbox
        wakeup = parts.wakeup
        executor = parts.executor
        heldSlots = parts.heldSlots
        observer = parts.observer
        logger = parts.logger
        let interval = configuration.roleCheckInterval
        let wantsMaster =
            !configuration.acceptsReplicas && (source.wantsMaster || interval != nil && parts.staysAtMaster)
        let nonces = configuration.subscription == nil ? configuration.nonces : .unsubscribe
        nonceCommand = NonceCommand(nonces)
        login = Login(
            steps: Handshake.steps(for: configuration, wantsMaster: wantsMaster, wantsIdentity: parts.asksIdentity),
            wantsMaster: wantsMaster, nonces: nonces, journal: parts.journal, heldSlots: parts.heldSlots)
        let isAssumed = configuration.assumptions.contains(.mastership)
        let isChecked = parts.staysAtMaster && !isAssumed
        machine = ConnectionMachine(
            limits: .init(
                connectTimeout: configuration.connectTimeout,
                stallMargin: configuration.stallMargin,
                maximumCommandsInFlight: configuration.maximumCommandsInFlight,
                maximumBytesInFlight: configuration.maximumBytesInFlight,
                failsFast: parts.failsFast,
                provesReplies: !configuration.assumptions.contains(.replyOrder),
                freshness: .init(
                    interval: isChecked ? interval : nil,
                    nameInterval: isAssumed || !source.isName ? nil : interval,
                    isAlwaysNeeded: configuration.tracking != nil)),
            random: SystemRandomNumberGenerator())
    }

    // MARK: Events

    /// Does all there is to do.
    /// - Returns: what to wait for before `turn`; `nil` when all is over.
    func prepare() -> Waiting? {
        act()
        guard !machine.isClosed else {
            // Admitted while the machine was closing: answered like everything that comes too late.
            takeDelivery()
            act()
            endFailing()
            return nil
        }
        mailbox.bound(by: machine.nanosecondsPerCommand)
        let maySleep = !executor.hasReady && mailbox.prepareToSleep(released: machine.takeReleased())
        var waiting = Waiting(
            requests: (pollfd(fd: wakeup.readEnd, events: Int16(POLLIN), revents: 0), pollfd()), count: 1,
            timeout: maySleep ? timeUntilNextLook() : 0)
        if let socket {
            waiting.requests.1 = socket.pollRequest
            waiting.count = 2
        }
        if !attempts.isEmpty { waiting.attempts = attempts.map(\.socket.pollRequest) }
        return waiting
    }

    /// In time for whatever `sendAtOnce` may add meanwhile, as long as it does add something.
    private func timeUntilNextLook() -> Int32 {
        let now = MonotonicTime.now()
        wakesAt = machine.nextDeadline
        if wasUsed { wakesAt = min(wakesAt, now + configuration.commandTimeout / 2) }
        wasUsed = false
        return wakesAt.pollTimeout(from: now)
    }

    func turn(_ waiting: Waiting, happened: Bool) {
        now = .now()
        if happened {
            if waiting.requests.0.revents != 0 { wakeup.drain() }
            if waiting.count == 2, waiting.requests.1.revents != 0 { handle(waiting.requests.1.revents) }
            if !waiting.attempts.isEmpty {
                handleAttempts(waiting.attempts)
                finishHandling()
            }
        }
        takeDelivery()
        if executor.hasReady { runTasks() }
    }

    private func handle(_ events: Int16) {
        guard let socket else { return }
        do throws(RedisError) {
            try socket.handleEvents(events)
        } catch {
            deferredFailure = deferredFailure ?? error
        }
        finishHandling()
    }

    private func finishHandling() {
        // First: what a proved answer makes a caller do must not go to a connection that is to be closed.
        if let deferredFailure { lose(deferredFailure) }
        wasUsed = wasUsed || !proved.isEmpty
        for command in proved {
            if command.isLate { command.request.witness() } else { command.request.resume() }
        }
        proved.removeAll(keepingCapacity: true)
    }

    /// Sends a command from the thread of whoever has it, while the loop waits for something to do: it is woken by the
    /// reply only, instead of twice.
    /// - Returns: whether the command was taken.
    func sendAtOnce(_ submission: Mailbox.Submission) -> Bool {
        guard let socket, deferredFailure == nil else { return false }
        let now = MonotonicTime.now()
        let deadline = now + submission.timeout
        guard deadline >= wakesAt, now < wakesAt, machine.isIdle(now: now),
            machine.holdsBack?(submission.request) == nil
        else { return false }
        let bytes = submission.request.command.bytes
        let isSent =
            if machine.limits.provesReplies {
                nonceCommand.with(machine.proofs.nextNonce) { socket.sendAtOnce(bytes, $0) }
            } else {
                socket.sendAtOnce(bytes, UnsafeRawBufferPointer(start: nil, count: 0))
            }
        guard isSent else { return false }
        machine.sent(
            submission.request, id: submission.id, bytes: submission.request.command.bytes.count,
            replies: submission.request.command.replies, isSealed: submission.request.command.isSealed,
            isIdempotent: submission.isIdempotent, deadline: deadline, now: now)
        wasUsed = true
        if socket.isWriting { wakeup.signal() }
        return true
    }

    func takeDelivery() {
        mailbox.exchange(&delivery, released: machine.takeReleased())
        for submission in delivery.submissions {
            let command = submission.request.command
            machine.submit(
                submission.request, id: submission.id, bytes: command.bytes.count, replies: command.replies,
                isSealed: command.isSealed, isIdempotent: submission.isIdempotent, deadline: now + submission.timeout)
        }
        if !delivery.jobs.isEmpty { executor.add(delivery.jobs) }
        if !delivery.cancellations.isEmpty { machine.cancel(delivery.cancellations) }
        switch delivery.resolution {
        case .success(let addresses): resolved(addresses)
        case .failure(let error): lose(error)
        case nil: break
        }
        if let lookup = delivery.nameLookup { nameLookedUp(lookup) }
        if let delivered = delivery.credentials { received(delivered) }
        // An attempt under way is to a place that was looked up just now: broken off again and again, it would never end.
        if let reason = delivery.relocation, machine.phase == .ready { lose(reason) }
        if let drain = delivery.shutdown { machine.shutDown(deadline: now + drain) }
        delivery.clear()
    }
}

// MARK: - Connecting and disconnecting

extension ConnectionLoop {
    func resolved(_ addresses: [RedisAddress]) {
        self.addresses = addresses
        machine.place = addresses.count == 1 ? "\(addresses[0])" : ""
        if let source = configuration.credentials { return ask(source) }
        machine.resolved(addressCount: addresses.count)
    }

    /// A name that does not resolve, as in an outage of the name service, says nothing about the server. Nor does a lookup
    /// that began under another connection.
    private func nameLookedUp(_ lookup: Mailbox.NameLookup) {
        let isCurrent = lookup.connection == connectionNumber
        let isThere = isCurrent ? place.flatMap { place in (try? lookup.found.get())?.contains(place) } : nil
        if machine.nameLookedUp(isThere: isThere, now: now) {
            lose(.unavailable(reason: "the name leads to another address"))
        }
    }

    func lose(_ error: RedisError) {
        var error = error
        // A server that refuses a client may say so and close.
        if case .handshaking = machine.phase, case .unavailable = error, let refusal = login.failure { error = refusal }
        deferredFailure = nil
        mailbox.note(identity: nil, place: nil)
        endAttempts()
        socket?.abort()
        closeSocket()
        if error.damage != nil { configuration.connectionCounts.countProtocolFailure() }
        // The first failure after a log-in is reported, the others of an outage for debugging.
        logger.log(
            level: isOutageReported ? .debug : error.damage == nil ? .warning : .error,
            "\(error.announcement)", metadata: .keyed([.endpoint: "\(source)", .redisError: "\(error.detail)"]))
        isOutageReported = true
        if !isFailing { configuration.failingConnections.add(at: "\(source)") }
        isFailing = true
        machine.connectionsThatFail = configuration.failingConnections.count(at: "\(source)")
        machine.connectionLost(error, now: now)
    }

    func closeSocket() {
        guard socket != nil else { return }
        socket = nil
        if isListening { configuration.subscription?.end() }
        isListening = false
        observer?.ended()
    }
}
