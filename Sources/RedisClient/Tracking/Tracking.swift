import Logging
import Synchronization

/// Server-assisted client-side caching (`CLIENT TRACKING`) of one server in RESP2: a connection that reads, and one that
/// listens to what has changed of it.
///
/// The two are one generation. Changes are heard of from the moment in which the server has confirmed, to a reading
/// connection that is still there, that it tells a listening connection that is still there. As soon as either is lost,
/// on its own thread and before anything is sent on another one, the listener is told that this is over.
///
/// A listening connection is named to the server by a number that means another client, or none, at another server:
/// both connections must be at the same run of the same server, which INFO tells. A server that does not tell, does not
/// know tracking or does not permit it is never believed to tell of changes.
final class Tracking: Sendable {
    private struct Ear: Hashable {
        let client: Int64
        let server: String
    }

    private struct State {
        var reader: Mailbox?
        var ear: Mailbox?
        /// The listening connection, from when it is subscribed until it is lost.
        var listening: Ear?
        /// The server's run that the reading connection is logged in at.
        var readingFrom: String?
        var isCurrent = false
        var isRefusalReported = false
        /// How many calls of `retry` a refusal is left alone: a server does not soon change its mind.
        var patience = 0
    }

    static let channel = "__redis__:invalidate"

    let listener: any RedisChangeListener
    private let timeout: Duration
    private let logger: Logger
    private let state = Mutex(State())

    init(telling listener: any RedisChangeListener, timeout: Duration, logger: Logger) {
        self.listener = listener
        self.timeout = timeout
        self.logger = logger
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

    /// Tries again what has not come about.
    func retry() {
        state.withLock { state in
            if state.patience > 0 { return state.patience -= 1 }
            guard !state.isCurrent, let listening = state.listening, let server = state.readingFrom else { return }
            if listening.server == server {
                requestIfPossible(&state)
            } else {
                // It went to another server, of those behind one name.
                state.ear?.relocate(.unavailable(reason: "changes are to be heard from another server"))
            }
        }
    }

    // MARK: From the connections' threads

    fileprivate func readingAttached(_ mailbox: Mailbox) { state.withLock { $0.reader = mailbox } }

    fileprivate func listeningAttached(_ mailbox: Mailbox) { state.withLock { $0.ear = mailbox } }

    fileprivate func readingBegan(at server: ServerIdentity?) {
        state.withLock { state in
            state.readingFrom = server?.runID
            if let listening = state.listening, let server, listening.server != server.runID {
                state.ear?.relocate(.unavailable(reason: "the master has moved"))
            }
            requestIfPossible(&state)
        }
    }

    fileprivate func readingEnded() {
        state.withLock { state in
            state.readingFrom = nil
            loseCurrency(&state)
        }
    }

    fileprivate func listeningBegan(client: Int64?, at server: ServerIdentity?) {
        state.withLock { state in
            guard let client, let server else {
                return report(&state, "the server does not tell which client and which server this is")
            }
            state.listening = Ear(client: client, server: server.runID)
            requestIfPossible(&state)
        }
    }

    fileprivate func listeningEnded() {
        state.withLock { state in
            state.listening = nil
            loseCurrency(&state)
        }
    }

    /// Under the lock, so that the server is asked for the newest listening connection last.
    private func requestIfPossible(_ state: inout State) {
        guard let listening = state.listening, listening.server == state.readingFrom, let reader = state.reader else {
            return
        }
        let request = Request(client: listening.client) { [weak self] error in
            self?.answered(listening, error)
        }
        // Sent once: on another connection it would be about another generation.
        _ = reader.submit(Mailbox.Submission(id: .max, request: request, timeout: timeout, isIdempotent: false))
    }

    /// On the reading connection's thread, while the connection that brought the answer is there.
    private func answered(_ ear: Ear, _ error: RedisError?) {
        state.withLock { state in
            if case .server = error { return report(&state, "\(error.map { "\($0)" } ?? "")") }
            guard error == nil, ear == state.listening, ear.server == state.readingFrom, !state.isCurrent else {
                return
            }
            state.isCurrent = true
            listener.becomeCurrent()
        }
    }

    private func loseCurrency(_ state: inout State) {
        guard state.isCurrent else { return }
        state.isCurrent = false
        listener.loseCurrency()
    }

    private func report(_ state: inout State, _ problem: String) {
        state.patience = 30
        guard !state.isRefusalReported else { return }
        state.isRefusalReported = true
        logger.warning(
            "changes cannot be tracked: the near cache is bypassed", metadata: .keyed([.redisError: "\(problem)"]))
    }
}

extension Tracking {
    private struct Reading: ConnectionObserver {
        let tracking: Tracking
        func attached(_ mailbox: Mailbox) { tracking.readingAttached(mailbox) }
        func began(_ login: Login) { tracking.readingBegan(at: login.identity) }
        func confirmed(until moment: MonotonicTime) { tracking.listener.confirmed(until: moment) }
        func ended() { tracking.readingEnded() }
    }

    private struct Listening: ConnectionObserver {
        let tracking: Tracking
        func attached(_ mailbox: Mailbox) { tracking.listeningAttached(mailbox) }
        func began(_ login: Login) { tracking.listeningBegan(client: login.client, at: login.identity) }
        func ended() { tracking.listeningEnded() }
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
        // Asked again with the next connection, or by `retry`.
        func fail(_ error: RedisError) { answered(error) }
    }
}
