import Logging
import Synchronization

/// Server-assisted client-side caching (`CLIENT TRACKING`) of one server in RESP2: a connection that reads, and one that
/// listens for changes to what was read. `TrackingMachine` decides; this type performs its actions on the connections.
///
/// As soon as either connection is lost, on its own thread and before anything is sent on another one, the listener
/// learns that changes are no longer heard. A server that does not tell which run it is, does not know tracking or does
/// not permit it is bypassed.
final class Tracking: Sendable {
    private struct State {
        var machine: TrackingMachine
        var reader: Mailbox?
        var ear: Mailbox?
        /// Whether the log says that changes cannot be tracked.
        var isReported = false
        /// Until when the server is known to be a master.
        var confirmedUntil = MonotonicTime(nanoseconds: .min)
    }

    static let channel = "__redis__:invalidate"

    let listener: any RedisChangeListener
    private let timeout: Duration
    private let logger: Logger
    private let state: Mutex<State>

    init(
        telling listener: any RedisChangeListener, timeout: Duration, assumesListening: Bool = false, logger: Logger
    ) {
        self.listener = listener
        self.timeout = timeout
        self.logger = logger
        state = Mutex(State(machine: TrackingMachine(assumesListening: assumesListening)))
    }

    var reading: any ConnectionObserver { Reading(tracking: self) }
    var listening: any ConnectionObserver { Listening(tracking: self) }

    /// What the listening connection subscribes to.
    var subscription: RedisSubscription {
        RedisSubscription(channel: Self.channel, wantsClient: true) { [listener] payload in
            // FLUSHALL, FLUSHDB, and a replica that has become another master's: null.
            guard let count = payload.count else { return listener.everythingChanged() }
            for position in 0..<count {
                if payload[position].withBytes({ listener.changed($0) }) == nil { listener.everythingChanged() }
            }
        }
    }

    // MARK: Events

    /// The actions are performed under the lock: the listener and the server learn of the newest state last.
    func handle(_ event: TrackingMachine.Event) {
        state.withLock { state in
            var next: TrackingMachine.Event? = event
            while let event = next.take() {
                for action in state.machine.handle(event, now: .now()) {
                    // At most one action of an event is a request.
                    if let failed = perform(action, &state) { next = failed }
                }
            }
            confirm(state)
        }
    }

    fileprivate func confirmed(until moment: MonotonicTime) {
        state.withLock { state in
            state.confirmedUntil = moment
            confirm(state)
        }
    }

    /// What is remembered may be used while the server is known to be a master, and the listening connection to be alive.
    private func confirm(_ state: borrowing State) {
        guard let provedUntil = state.machine.provedUntil else { return }
        listener.confirmed(until: min(state.confirmedUntil, provedUntil))
    }

    fileprivate func readingAttached(_ mailbox: Mailbox) { state.withLock { $0.reader = mailbox } }

    fileprivate func listeningAttached(_ mailbox: Mailbox) { state.withLock { $0.ear = mailbox } }

    // MARK: Actions

    /// - Returns: what came of it, where that is known at once.
    private func perform(_ action: TrackingMachine.Action, _ state: inout State) -> TrackingMachine.Event? {
        switch action {
        case .request(let number, let client):
            guard let reader = state.reader else {
                return .answered(number: number, .unavailable(reason: "there is no connection"))
            }
            let request = Request(client: client) { [weak self] error in
                self?.handle(.answered(number: number, error))
            }
            // Not idempotent: on the next connection it would be about another pair.
            let refusal = reader.submit(
                Mailbox.Submission(id: .max, request: request, timeout: timeout, isIdempotent: false))
            return refusal.map { .answered(number: number, $0) }
        case .relocate(let reason):
            state.ear?.relocate(.unavailable(reason: reason))
        case .begin:
            if state.isReported { logger.notice("changes are tracked again: the near cache is used") }
            state.isReported = false
            listener.becomeCurrent()
        case .end:
            listener.loseCurrency()
        case .report(let problem):
            state.isReported = true
            logger.warning(
                "changes cannot be tracked: the near cache is bypassed",
                metadata: .keyed([.redisError: "\(problem)"]))
        }
        return nil
    }
}

extension Tracking {
    private struct Reading: ConnectionObserver {
        let tracking: Tracking
        func attached(_ mailbox: Mailbox) { tracking.readingAttached(mailbox) }
        func began(_ login: Login) { tracking.handle(.readingBegan(run: login.identity?.runID)) }
        func confirmed(until moment: MonotonicTime) { tracking.confirmed(until: moment) }
        func ended() { tracking.handle(.readingEnded) }
    }

    private struct Listening: ConnectionObserver {
        let tracking: Tracking
        func attached(_ mailbox: Mailbox) { tracking.listeningAttached(mailbox) }
        func began(_ login: Login) {
            tracking.handle(.listeningBegan(client: login.client, run: login.identity?.runID))
        }
        func ended() { tracking.handle(.listeningEnded) }
    }

    /// Asks the server to tell a listening connection of changes.
    private final class Request: PendingCommand, @unchecked Sendable {
        let command: RedisCommand
        // What makes the class not Sendable by itself: only the loop's thread touches it.
        private var refusal: RedisError?
        private let answered: @Sendable (RedisError?) -> Void

        init(client: Int64, answered: @escaping @Sendable (RedisError?) -> Void) {
            command = RedisCommand("CLIENT", "TRACKING", "ON", "REDIRECT", String(client))
            self.answered = answered
        }

        func stage(_ reply: borrowing RedisReply) -> ReplyProblem? {
            refusal = reply.error
            return nil
        }
        func resume() { answered(refusal) }
        // The machine asks again, with the next connection or when it is told to retry.
        func fail(_ error: RedisError) { answered(error) }
    }
}
