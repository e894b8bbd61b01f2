/// Decides when changes at one server are heard: pure, without connections, threads or clocks.
///
/// `Tracking` reports events and performs the actions. Changes are heard only while
/// - the reading and the listening connection stand at the same run of the same server,
/// - the server has confirmed a request for exactly this pair, made after the listening connection last fell silent, and
/// - the listening connection has proved itself within `silenceLimit`.
///
/// `Action.end` comes with the first event after which this is no longer so.
struct TrackingMachine {
    /// A listening connection. The server names it by a number that means another client at another server.
    struct Listening: Equatable {
        let client: Int64
        let run: String
        let beganAt: MonotonicTime
        /// The last moment at which the connection is proved to have been alive.
        var provedAt: MonotonicTime
        /// A heartbeat failed, or none succeeded in time. Cleared by the next success.
        var isSilent = false
    }

    /// How far the present pair of connections is.
    enum Phase: Equatable {
        /// No pair, or a pair whose request failed. Can transition to: requested.
        case idle
        /// The server has been asked to tell the listening connection. Can transition to: idle, refused, current.
        case requested(number: UInt64)
        /// The server said no. Can transition to: idle after so many retries, requested with another pair.
        case refused(retries: Int)
        /// Changes are heard. Can transition to: idle, requested.
        case current
    }

    enum Event: Equatable {
        /// The reading connection has logged in; `run` is `nil` when the server does not tell.
        case readingBegan(run: String?)
        case readingEnded
        /// The listening connection is subscribed; `nil` is what the server does not tell.
        case listeningBegan(client: Int64?, run: String?)
        case listeningEnded
        /// What became of a request.
        case answered(number: UInt64, RedisError?)
        /// The heartbeat that was started then came back on the listening connection.
        case heard(since: MonotonicTime)
        /// The heartbeat that was started then did not come back in time.
        case heartbeatFailed(since: MonotonicTime)
        /// Try again what has not come about.
        case retry
        /// Nothing else happened.
        case time
    }

    enum Action: Equatable {
        /// CLIENT TRACKING ON REDIRECT on the reading connection, once; then `answered`.
        case request(number: UInt64, client: Int64)
        /// Give the listening connection up and look anew for where to connect to.
        case relocate(reason: String)
        case begin
        case end
        /// Once in the machine's life.
        case report(String)
    }

    /// For how many retries a refusal is left alone: a server rarely changes its mind.
    static let refusalRetries = 30
    /// A heartbeat each second, which may take a second.
    static let silenceLimit = Duration.seconds(2)

    private let assumesListening: Bool
    /// The server's run that the reading connection is at.
    private(set) var readingRun: String?
    private(set) var listening: Listening?
    private(set) var phase = Phase.idle
    private var lastNumber: UInt64 = 0
    private var isRefusalReported = false
    private var actions: [Action] = []

    /// - Parameter assumesListening: whether silence of the listening connection counts for nothing; see `Assumptions`.
    init(assumesListening: Bool = false) {
        self.assumesListening = assumesListening
    }

    var isCurrent: Bool { phase == .current }

    /// Until when what was heard last proves that changes are heard; `nil` while they are not.
    var provedUntil: MonotonicTime? {
        guard isCurrent, let listening else { return nil }
        return assumesListening ? .distantFuture : listening.provedAt + Self.silenceLimit
    }

    /// - Returns: what to do, in this order and before the next event.
    mutating func handle(_ event: Event, now: MonotonicTime) -> [Action] {
        actions = []
        noticeSilence(now: now)
        switch event {
        case .readingBegan(let run): readingBegan(run: run)
        case .readingEnded:
            readingRun = nil
            reset()
        case .listeningBegan(let client, let run): listeningBegan(client: client, run: run, now: now)
        case .listeningEnded:
            listening = nil
            reset()
        case .answered(let number, let error): answered(number, error)
        case .heard(let start): heard(since: start)
        case .heartbeatFailed(let start): heartbeatFailed(since: start)
        case .retry: retry()
        case .time: break
        }
        return actions
    }
}

// MARK: - Connections

extension TrackingMachine {
    private mutating func readingBegan(run: String?) {
        reset()
        readingRun = run
        if let listening, let run, listening.run != run { actions.append(.relocate(reason: "the master has moved")) }
        requestIfPossible()
    }

    private mutating func listeningBegan(client: Int64?, run: String?, now: MonotonicTime) {
        reset()
        guard let client, let run else {
            listening = nil
            return report("the server does not tell which client and which server this is")
        }
        listening = Listening(client: client, run: run, beganAt: now, provedAt: now)
        requestIfPossible()
    }

    /// Back to a pair that nothing has been asked for. An answer that is still on its way is about another one.
    private mutating func reset() {
        if isCurrent { actions.append(.end) }
        phase = .idle
    }

    private mutating func report(_ problem: String) {
        guard !isRefusalReported else { return }
        isRefusalReported = true
        actions.append(.report(problem))
    }
}

// MARK: - Requests

extension TrackingMachine {
    private mutating func requestIfPossible() {
        guard phase == .idle, let listening, !listening.isSilent, listening.run == readingRun else { return }
        lastNumber += 1
        phase = .requested(number: lastNumber)
        actions.append(.request(number: lastNumber, client: listening.client))
    }

    private mutating func answered(_ number: UInt64, _ error: RedisError?) {
        guard phase == .requested(number: number) else { return }
        switch error {
        case nil:
            phase = .current
            actions.append(.begin)
        case .server:
            phase = .refused(retries: Self.refusalRetries)
            report(error.map { "\($0)" } ?? "")
        default:
            phase = .idle
        }
    }

    private mutating func retry() {
        if case .refused(let retries) = phase { phase = retries > 0 ? .refused(retries: retries - 1) : .idle }
        if let listening, let readingRun, listening.run != readingRun {
            // A name with several addresses led it to another server.
            actions.append(.relocate(reason: "changes are to be heard from another server"))
        } else {
            requestIfPossible()
        }
    }
}

// MARK: - Silence

extension TrackingMachine {
    /// A heartbeat that started before the connection began proves nothing about it.
    private mutating func heard(since start: MonotonicTime) {
        guard var listening, start > listening.beganAt else { return }
        listening.provedAt = max(listening.provedAt, start)
        listening.isSilent = false
        self.listening = listening
        requestIfPossible()
    }

    private mutating func heartbeatFailed(since start: MonotonicTime) {
        guard let listening, start >= listening.beganAt else { return }
        fallSilent()
    }

    private mutating func noticeSilence(now: MonotonicTime) {
        guard let listening, now > listening.provedAt + Self.silenceLimit else { return }
        fallSilent()
    }

    /// What was asked before counts for nothing: the connection has to prove itself, and the server is asked anew.
    private mutating func fallSilent() {
        guard !assumesListening, listening?.isSilent == false else { return }
        listening?.isSilent = true
        reset()
    }
}
