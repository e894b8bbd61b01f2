import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
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
        let openSlots: OpenSlots
        let asksIdentity: Bool
        let failsFast: Bool
        let observer: (any ConnectionObserver)?
        let mailbox: Mailbox
        let gate: LoopGate
        let executor: LoopExecutor
        let wakeup: Wakeup
        let logger: Logger
    }

    /// What to wait for.
    struct Waiting {
        var requests: (pollfd, pollfd)
        var count: nfds_t
        /// As `poll` wants it.
        var timeout: Int32

        /// - Returns: whether anything happened.
        mutating func wait() -> Bool {
            let (count, timeout) = (count, timeout)
            return withUnsafeMutablePointer(to: &requests) {
                $0.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, count, timeout) }
            } > 0
        }
    }

    private let configuration: RedisClientConfiguration
    private let source: any AddressSource
    private let mailbox: Mailbox
    private let wakeup: Wakeup
    private let executor: LoopExecutor
    private let observer: (any ConnectionObserver)?
    private let logger: Logger
    private var login: Login
    private var machine: ConnectionMachine<any PendingCommand, SystemRandomNumberGenerator>
    private var socket: HiredisSocket?
    private var addresses: [RedisAddress] = []
    private var place: RedisAddress?
    /// Noticed inside a call from the socket, where it must not be closed.
    private var deferredFailure: RedisError?
    private var isOutageReported = false
    /// Those whose replies came together: freed together.
    private var completed: [any PendingCommand] = []
    private var delivery = Mailbox.Delivery()
    private var now = MonotonicTime.now()
    /// When the loop looks at the clock next, whatever happens.
    private var wakesAt = MonotonicTime.now()
    private var wasUsed = false

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
        observer = parts.observer
        logger = parts.logger
        login = Login(
            steps: Handshake.steps(
                for: configuration, wantsMaster: source.wantsMaster, wantsIdentity: parts.asksIdentity),
            journal: parts.journal, openSlots: parts.openSlots)
        machine = ConnectionMachine(
            limits: .init(
                connectTimeout: configuration.connectTimeout,
                stallMargin: configuration.stallMargin,
                maximumCommandsInFlight: configuration.maximumCommandsInFlight,
                maximumBytesInFlight: configuration.maximumBytesInFlight,
                failsFast: parts.failsFast),
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
            return nil
        }
        let maySleep = !executor.hasReady && mailbox.prepareToSleep(released: machine.takeReleased())
        var waiting = Waiting(
            requests: (pollfd(fd: wakeup.readEnd, events: Int16(POLLIN), revents: 0), pollfd()), count: 1,
            timeout: maySleep ? timeUntilNextLook() : 0)
        if let socket {
            waiting.requests.1 = socket.pollRequest
            waiting.count = 2
        }
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
        }
        takeDelivery()
        if executor.hasReady { runTasks() }
    }

    /// Sends what they ask, a batch at a time. What is overdue goes by when the socket was looked at: a reply may lie there.
    private func runTasks() {
        let looked = now
        executor.run {
            now = .now()
            let isTimeLeft = now < looked + Self.longestRun
            takeDelivery()
            now = looked
            act()
            return isTimeLeft
        }
    }

    /// After so long the socket is looked at again, however many tasks are left.
    private static let longestRun = Duration.milliseconds(1)

    private func handle(_ events: Int16) {
        guard let socket else { return }
        do throws(RedisError) {
            try socket.handleEvents(events)
        } catch {
            lose(error)
        }
        wasUsed = wasUsed || !completed.isEmpty
        for request in completed { request.resume() }
        completed.removeAll(keepingCapacity: true)
        if let deferredFailure { lose(deferredFailure) }
    }

    /// Sends a command from the thread of whoever has it, while the loop waits for something to do: it is woken by the
    /// reply only, instead of twice.
    /// - Returns: whether the command was taken.
    func sendAtOnce(_ submission: Mailbox.Submission) -> Bool {
        guard machine.isIdle, let socket, deferredFailure == nil else { return false }
        let now = MonotonicTime.now()
        let deadline = now + submission.timeout
        guard deadline >= wakesAt, now < wakesAt, socket.sendAtOnce(submission.request.command) else { return false }
        machine.sent(
            submission.request, id: submission.id, bytes: submission.request.command.bytes.count,
            replies: submission.request.command.replies, isIdempotent: submission.isIdempotent, deadline: deadline)
        wasUsed = true
        if socket.isWriting { wakeup.signal() }
        return true
    }

    private func takeDelivery() {
        mailbox.exchange(&delivery, released: machine.takeReleased())
        for submission in delivery.submissions {
            let command = submission.request.command
            machine.submit(
                submission.request, id: submission.id, bytes: command.bytes.count, replies: command.replies,
                isIdempotent: submission.isIdempotent, deadline: now + submission.timeout)
        }
        if !delivery.jobs.isEmpty { executor.add(delivery.jobs) }
        if !delivery.cancellations.isEmpty { machine.cancel(delivery.cancellations) }
        switch delivery.resolution {
        case .success(let addresses): resolved(addresses)
        case .failure(let error): lose(error)
        case nil: break
        }
        // An attempt under way is to a place that was looked up just now: broken off again and again, it would never end.
        if let reason = delivery.relocation, machine.phase == .ready { lose(reason) }
        if let drain = delivery.shutdown { machine.shutDown(deadline: now + drain) }
        delivery.clear()
    }

    private func resolved(_ addresses: [RedisAddress]) {
        self.addresses = addresses
        machine.resolved(addressCount: addresses.count)
    }

    func socketConnected() {
        let commands = login.begin()
        machine.connected(handshakeReplies: commands.count, now: now)
        say(commands)
    }

    private func say(_ commands: [RedisCommand]) {
        do throws(RedisError) {
            for command in commands { try socket?.send(command) }
        } catch {
            deferredFailure = error
        }
    }

    func socketReceived(_ reply: borrowing RedisReply) {
        if let subscription = configuration.subscription, subscription.takes(reply) { return }
        switch machine.replyArrived(isError: reply.isError) {
        case .reply(let request):
            // It stays a replica as long as we stay connected: look anew for where the name leads to.
            if let error = reply.error, error.saysReadOnly {
                deferredFailure = .unavailable(reason: "the server has become a read-only replica")
            }
            _ = request.stage(reply)
            completed.append(request)
        case .part(let request):
            _ = request.stagePart(reply)
        case .late(let request):
            _ = request.stage(reply)
            request.witness()
        case .discard:
            break
        case .handshake:
            handshakeReceived(reply)
        case .unexpected:
            deferredFailure = deferredFailure ?? .unavailable(reason: "the server sent a reply to no command")
        }
    }

    private func handshakeReceived(_ reply: borrowing RedisReply) {
        guard deferredFailure == nil else { return }
        switch login.received(reply) {
        case .failed(let error):
            deferredFailure = error
        case .goOn(let more):
            if !more.isEmpty { machine.handshakeGrew(by: more.count, now: now) }
            machine.handshakeStepSucceeded(renewing: login.isReplaying ? now : nil)
            say(more)
        case .done:
            machine.handshakeStepSucceeded()
            mailbox.note(identity: login.identity, place: place)
            isOutageReported = false
            logger.debug("connected", metadata: .keyed([.endpoint: "\(source)"]))
            observer?.began(login)
            configuration.subscription?.begin()
        }
    }

    private func lose(_ error: RedisError) {
        deferredFailure = nil
        mailbox.note(identity: nil, place: nil)
        socket?.abort()
        closeSocket()
        // The first of a row is news; the rest of an outage is not.
        logger.log(
            level: isOutageReported ? .debug : .warning, "connection lost",
            metadata: .keyed([.endpoint: "\(source)", .redisError: "\(error)"]))
        isOutageReported = true
        machine.connectionLost(error, now: now)
    }

    // MARK: Actions

    private func act() {
        // What has been revoked is brought to the next server although nobody asks for anything.
        machine.staysConnected = configuration.subscription != nil || login.hasJournalEntries
        var isDone = false
        while !isDone {
            do throws(RedisError) {
                while let action = machine.nextAction(now: now) { try perform(action) }
                try socket?.flush()
                isDone = true
            } catch {
                // What this lost waits again, for the next connection.
                lose(error)
            }
        }
    }

    private func perform(_ action: ConnectionMachine<any PendingCommand, SystemRandomNumberGenerator>.Action)
        throws(RedisError)
    {
        switch action {
        case .send(let request):
            try socket?.send(request.command)
        case .fail(let request, let error):
            request.fail(error)
        case .resolve:
            resolve()
        case .connect(let index):
            place = addresses[index]
            socket = try HiredisSocket(
                connectingTo: addresses[index], tls: configuration.tls,
                userTimeout: configuration.commandTimeout + configuration.stallMargin, delegate: self)
        case .disconnect:
            mailbox.note(identity: nil, place: nil)
            socket?.abort()
            closeSocket()
        case .finish:
            closeSocket()
        }
    }

    private func closeSocket() {
        guard socket != nil else { return }
        socket = nil
        observer?.ended()
    }

    private func resolve() {
        if let addresses = source.immediate() { return resolved(addresses) }
        source.locate { [mailbox] in mailbox.deliver($0) }
    }
}
