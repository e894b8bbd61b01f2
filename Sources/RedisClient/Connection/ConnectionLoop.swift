import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Drives one connection: carries events from the mailbox, the socket and the clock into the state machine, and does
/// what the machine wants. Lives and dies on its own thread.
final class ConnectionLoop: HiredisSocketDelegate {
    private let configuration: RedisClientConfiguration
    private let mailbox: Mailbox
    private let wakeup: Wakeup
    private let logger: Logger
    private let handshake: [Handshake.Step]
    private var machine: ConnectionMachine<any PendingCommand, SystemRandomNumberGenerator>
    private var socket: HiredisSocket?
    private var addresses: [RedisAddress] = []
    private var handshakeRepliesSeen = 0
    /// Noticed inside a call from the socket, where it must not be closed.
    private var deferredFailure: RedisError?
    private var isOutageReported = false
    private var delivery = Mailbox.Delivery()
    private var now = MonotonicTime.now()

    static func start(
        configuration: RedisClientConfiguration, mailbox: Mailbox, wakeup: Wakeup, logger: Logger
    ) -> Bool {
        DetachedThread.start(name: "redis-loop") {
            ConnectionLoop(configuration: configuration, mailbox: mailbox, wakeup: wakeup, logger: logger).run()
            mailbox.close()
        }
    }

    private init(configuration: RedisClientConfiguration, mailbox: Mailbox, wakeup: Wakeup, logger: Logger) {
        self.configuration = configuration
        self.mailbox = mailbox
        self.wakeup = wakeup
        self.logger = logger
        handshake = Handshake.steps(for: configuration)
        machine = ConnectionMachine(
            limits: .init(
                connectTimeout: configuration.connectTimeout,
                stallMargin: configuration.stallMargin,
                maximumCommandsInFlight: configuration.maximumCommandsInFlight,
                maximumBytesInFlight: configuration.maximumBytesInFlight,
                staysConnected: configuration.subscription != nil),
            random: SystemRandomNumberGenerator())
    }

    private func run() {
        while !machine.isClosed {
            act()
            waitForEvents()
            takeDelivery()
        }
        // Admitted while the machine was closing: answered like everything that comes too late.
        takeDelivery()
        act()
    }

    // MARK: Events

    private func waitForEvents() {
        guard !machine.isClosed else { return }
        let maySleep = mailbox.prepareToSleep(released: machine.takeReleased())
        let timeout = maySleep ? machine.nextDeadline.pollTimeout(from: .now()) : 0
        var requests = (pollfd(fd: wakeup.readEnd, events: Int16(POLLIN), revents: 0), pollfd())
        var count: nfds_t = 1
        if let socket {
            requests.1 = socket.pollRequest
            count = 2
        }
        let ready = withUnsafeMutablePointer(to: &requests) {
            $0.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, count, timeout) }
        }
        now = .now()
        guard ready > 0 else { return }
        if requests.0.revents != 0 { wakeup.drain() }
        if count == 2, requests.1.revents != 0, let socket {
            do throws(RedisError) {
                try socket.handleEvents(requests.1.revents)
            } catch {
                lose(error)
            }
        }
        if let deferredFailure { lose(deferredFailure) }
    }

    private func takeDelivery() {
        mailbox.exchange(&delivery, released: machine.takeReleased())
        for submission in delivery.submissions {
            machine.submit(
                submission.request, id: submission.id, bytes: submission.request.command.bytes.count,
                isIdempotent: submission.isIdempotent, deadline: now + submission.timeout)
        }
        if !delivery.cancellations.isEmpty { machine.cancel(delivery.cancellations) }
        switch delivery.resolution {
        case .success(let addresses): resolved(addresses)
        case .failure(let error): lose(error)
        case nil: break
        }
        if let drain = delivery.shutdown { machine.shutDown(deadline: now + drain) }
        delivery.clear()
    }

    private func resolved(_ addresses: [RedisAddress]) {
        self.addresses = addresses
        machine.resolved(addressCount: addresses.count)
    }

    func socketConnected() {
        machine.connected(handshakeReplies: handshake.count, now: now)
        handshakeRepliesSeen = 0
        do throws(RedisError) {
            for step in handshake { try socket?.send(step.command) }
        } catch {
            deferredFailure = error
        }
    }

    func socketReceived(_ reply: borrowing RedisReply) {
        if let subscription = configuration.subscription, subscription.takes(reply) { return }
        switch machine.replyArrived() {
        case .reply(let request):
            // It stays a replica as long as we stay connected: look anew for where the name leads to.
            if let error = reply.error, error.saysReadOnly {
                deferredFailure = .unavailable(reason: "the server has become a read-only replica")
            }
            request.complete(reply)
        case .discard:
            break
        case .handshake:
            handshakeReceived(reply)
        case .unexpected:
            deferredFailure = deferredFailure ?? .unavailable(reason: "the server sent a reply to no command")
        }
    }

    private func handshakeReceived(_ reply: borrowing RedisReply) {
        guard deferredFailure == nil, handshakeRepliesSeen < handshake.count else { return }
        let step = handshake[handshakeRepliesSeen]
        handshakeRepliesSeen += 1
        if let failure = Handshake.failure(of: step, reply: reply.error) {
            deferredFailure = failure
        } else {
            machine.handshakeStepSucceeded()
            if handshakeRepliesSeen == handshake.count {
                isOutageReported = false
                logger.debug("connected", metadata: ["redis.endpoint": "\(configuration.endpoint)"])
                configuration.subscription?.receive(.begun)
            }
        }
    }

    private func lose(_ error: RedisError) {
        deferredFailure = nil
        socket?.abort()
        socket = nil
        // The first of a row is news; the rest of an outage is not.
        logger.log(
            level: isOutageReported ? .debug : .warning, "connection lost",
            metadata: ["redis.endpoint": "\(configuration.endpoint)", "redis.error": "\(error)"])
        isOutageReported = true
        machine.connectionLost(error, now: now)
    }

    // MARK: Actions

    private func act() {
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
            socket = try HiredisSocket(
                connectingTo: addresses[index], tls: configuration.tls,
                userTimeout: configuration.commandTimeout + configuration.stallMargin, delegate: self)
        case .disconnect:
            socket?.abort()
            socket = nil
        case .finish:
            socket = nil
        }
    }

    private func resolve() {
        if let addresses = AddressResolver.immediate(configuration.endpoint) { return resolved(addresses) }
        let started = DetachedThread.start(name: "redis-resolver") { [mailbox, configuration] in
            mailbox.deliver(AddressResolver.blocking(configuration.endpoint))
        }
        if !started { lose(.unavailable(reason: "the system has no thread to give")) }
    }
}
