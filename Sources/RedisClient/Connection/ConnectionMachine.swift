import DequeModule

/// The life of one connection and of the commands that go through it: pure, without sockets, threads or clocks.
///
/// The driver reports events (`submit`, `replyArrived`, `connectionLost` …) and afterwards calls `nextAction` until it
/// returns `nil`. Every request that was submitted leaves exactly once: in `Proved.answer`, or in `Action.fail`.
struct ConnectionMachine<Request, Random: RandomNumberGenerator>: ~Copyable {
    /// What the connection is doing.
    enum Phase: Equatable {
        /// No connection, and none asked for before `retryAt`. Can transition to: resolving, closed.
        case disconnected(retryAt: MonotonicTime)
        /// Looking up the host. Can transition to: connecting, disconnected, closed.
        case resolving
        /// Trying addresses, perhaps several at once (`race`). Can transition to: handshaking, ready, disconnected, closed.
        case connecting
        /// Logging in. Can transition to: ready, connecting, disconnected, closed.
        case handshaking(deadline: MonotonicTime, repliesDue: Int)
        /// Can transition to: disconnected, closed.
        case ready
        /// The end.
        case closed
    }

    struct Limits {
        var connectTimeout: Duration
        var stallMargin: Duration
        var maximumCommandsInFlight: Int
        var maximumBytesInFlight: Int
        /// Whether what waits fails as soon as there is no connection.
        var failsFast = false
        /// Whether nonces prove the replies. Off only for negative controls of tests.
        var provesReplies = true
        var freshness = Freshness.Limits()
        var pace = ServicePace.Limits()
    }

    /// One submitted command.
    struct Entry {
        let id: UInt64
        let request: Request
        /// Whether the caller was freed after the command was sent. The entry only holds its place in the order of replies.
        var isAbandoned = false
        let bytes: Int
        let deadline: MonotonicTime
        let isIdempotent: Bool
        let replies: Int
        var isSealed: Bool
        var repliesDue: Int
        /// Whether an error came before the last of its replies. The rest is ignored.
        var isAnswered = false
        /// Why the server did not take it, as it says. The connection is left once that is proved.
        var refusal: RedisError?
        /// How often it was sent.
        var sends = 0

        init(
            id: UInt64, request: Request, bytes: Int, replies: Int, isSealed: Bool = false, deadline: MonotonicTime,
            isIdempotent: Bool
        ) {
            self.id = id
            self.request = request
            self.bytes = bytes
            self.replies = replies
            self.isSealed = isSealed
            repliesDue = replies
            self.deadline = deadline
            self.isIdempotent = isIdempotent
        }
    }

    /// What a reply belongs to.
    enum Delivery {
        case handshake
        /// The answer to a command, as far as its place tells. Not proved yet.
        case answer(to: Request)
        /// Of several commands that travel as one, not the last reply.
        case part(of: Request)
        /// One of several replies that nobody needs.
        case discard
        /// Must repeat the nonce.
        case nonce(Nonce)
        case role
        /// Nothing was asked.
        case unexpected
    }

    enum Proved {
        case answer(Request)
        /// The caller was freed before.
        case late(Request)
        /// The server was a master at some time after this moment.
        case master(askedAt: MonotonicTime)
        /// Why the server may not be asked any more. Replies behind this are not to be believed.
        case refuted(RedisError)
    }

    /// How often a command is sent before a damaged stream of replies becomes its answer.
    static var maximumSends: Int { 3 }

    let limits: Limits
    /// Whether to be connected also when there is nothing to send.
    var staysConnected = false
    /// How many connections to the same place have lost it and share its patience, this one included.
    var connectionsThatFail = 1
    /// Why a request must not be sent to this server; `nil` where all may be.
    var holdsBack: ((Request) -> RedisError?)?
    var random: Random
    var phase = Phase.disconnected(retryAt: MonotonicTime(nanoseconds: .min))
    /// Submitted, not sent; in order of submission, with what is to be sent again in front.
    var waiting: Deque<Entry> = []
    /// Sent and not proved; in the order in which replies come.
    var inFlight: Deque<Entry> = []
    var proofs = ReplyProofs()
    var freshness: Freshness
    var credentialLife = CredentialLife.endless
    /// Whether nothing more is sent, because the credentials are about to expire.
    var isRetiring = false
    /// Whether the connection was given up for one with newer credentials.
    var isReplacing = false
    var foreignAnswers = ForeignAnswers()
    var bytesInFlight = 0
    var failures: Deque<(Request, RedisError)> = []
    /// No deadline is earlier; there may be none as early.
    var earliestDeadline = MonotonicTime.distantFuture
    var drainDeadline: MonotonicTime?
    var backoff = Backoff()
    /// Whether a command was answered on this connection.
    var hasServed = false
    /// Whether nothing was on its way when the oldest command came that no nonce has been sent behind.
    var beganIdle = false
    var pace: ServicePace
    /// Until the first reply of a log-in.
    private var handshakeBegan: MonotonicTime?
    var resends: ResendBudget
    var race = AddressRace()
    /// The address of the connection, or of the only attempt, for errors.
    var place = ""
    var lastFailure: RedisError?
    private(set) var releasedCommands = 0
    private(set) var releasedBytes = 0

    init(limits: Limits, random: Random) {
        self.limits = limits
        self.random = random
        freshness = Freshness(limits.freshness)
        var paceLimits = limits.pace
        // Without proofs there is nothing that it could grow by.
        if !limits.provesReplies { paceLimits.firstWindow = limits.maximumCommandsInFlight }
        pace = ServicePace(paceLimits)
        resends = ResendBudget(reserve: limits.maximumCommandsInFlight)
    }

    var isClosed: Bool { phase == .closed }

    // MARK: Events: commands

    /// - Parameter isSealed: whether it is proved alone, with nonces right before and behind it.
    mutating func submit(
        _ request: Request, id: UInt64, bytes: Int, replies: Int = 1, isSealed: Bool = false, isIdempotent: Bool,
        deadline: MonotonicTime
    ) {
        guard phase != .closed else {
            failures.append((request, .shutDown))
            return release(bytes: bytes)
        }
        if inFlight.isEmpty, waiting.isEmpty {
            beganIdle = true
            pace.becameBusy()
        }
        waiting.append(
            Entry(
                id: id, request: request, bytes: bytes, replies: replies, isSealed: isSealed, deadline: deadline,
                isIdempotent: isIdempotent))
        earliestDeadline = min(earliestDeadline, deadline)
    }

    /// Whether there is a connection, and nothing to do with it before the next command.
    func isIdle(now: MonotonicTime) -> Bool {
        phase == .ready && inFlight.isEmpty && proofs.isEmpty && waiting.isEmpty && failures.isEmpty
            && drainDeadline == nil && !freshness.isRoleDue(now) && now < credentialLife.due
    }

    /// The same as to submit it and to be told to send it and `proofs.nextNonce`, while there is nothing else.
    mutating func sent(
        _ request: Request, id: UInt64, bytes: Int, replies: Int = 1, isSealed: Bool = false, isIdempotent: Bool,
        deadline: MonotonicTime, now: MonotonicTime
    ) {
        var entry = Entry(
            id: id, request: request, bytes: bytes, replies: replies, isSealed: isSealed, deadline: deadline,
            isIdempotent: isIdempotent)
        entry.sends = 1
        pace.becameBusy()
        bytesInFlight += bytes
        inFlight.append(entry)
        proofs.commandSent()
        if limits.provesReplies { proofs.nonceSent(now: now, foundQueue: false) }
        earliestDeadline = min(earliestDeadline, deadline)
    }

    /// Frees the callers at once. What was sent keeps its place in the order of replies.
    mutating func cancel(_ ids: Set<UInt64>) {
        giveUp { ids.contains($0.id) ? .cancelled : nil }
    }

    // MARK: Events: the connection

    mutating func resolved(addressCount: Int) {
        guard phase == .resolving else { return }
        race = AddressRace(addresses: addressCount)
        phase = .connecting
    }

    /// One of several attempts failed. The last one's failure is the connection's.
    mutating func attemptLost(_ index: Int, _ error: RedisError, now: MonotonicTime) {
        guard phase == .connecting else { return }
        race.lost(index)
        lastFailure = error
        if race.isOver { connectionLost(error, now: now) }
    }

    /// An attempt has won: it is the only one and has a connection, or it was the first that was answered.
    /// - Parameters:
    ///   - index: of its address; `nil` for the attempt that began first.
    ///   - askedAt: when the handshake began, if that was before `now`.
    mutating func connected(
        _ index: Int? = nil, handshakeReplies: Int, askedAt: MonotonicTime? = nil, now: MonotonicTime
    ) {
        guard case .connecting = phase else { return }
        race.won(index)
        phase = .handshaking(deadline: now + limits.connectTimeout, repliesDue: handshakeReplies)
        freshness.connected(now: askedAt ?? now)
        handshakeBegan = askedAt ?? now
        if handshakeReplies == 0 { becomeReady() }
    }

    /// More is to be said before the connection is ready; time for it begins now.
    mutating func handshakeGrew(by replies: Int, now: MonotonicTime) {
        guard case .handshaking(_, let due) = phase else { return }
        phase = .handshaking(deadline: now + limits.connectTimeout, repliesDue: due + replies)
    }

    /// - Parameter isRenewing: where much has to be said, a server that goes on answering is not given up.
    mutating func handshakeStepSucceeded(now: MonotonicTime, isRenewing: Bool = false) {
        guard case .handshaking(let deadline, let due) = phase else { return }
        if let began = handshakeBegan.take() { pace.connected(roundTrip: now.duration(since: began)) }
        phase = .handshaking(deadline: isRenewing ? now + limits.connectTimeout : deadline, repliesDue: due - 1)
        if due == 1 { becomeReady() }
    }

    /// Accepts nothing more, and closes once all is answered, or at the deadline.
    mutating func shutDown(deadline: MonotonicTime) {
        drainDeadline = min(deadline, drainDeadline ?? deadline)
    }

    // MARK: Accounting

    /// Nanoseconds that the server takes for each command that is on its way; zero when that is not known, and when nothing
    /// is: what comes after a pause finds the server idle.
    var nanosecondsPerCommand: Int64 { inFlight.isEmpty && waiting.isEmpty ? 0 : pace.perCommand }

    /// What has left since the last call and may be admitted anew.
    mutating func takeReleased() -> (commands: Int, bytes: Int) {
        defer { (releasedCommands, releasedBytes) = (0, 0) }
        return (releasedCommands, releasedBytes)
    }

    mutating func release(commands: Int = 1, bytes: Int) {
        releasedCommands += commands
        releasedBytes += bytes
    }

    mutating func becomeReady() {
        phase = .ready
        hasServed = false
        race = AddressRace()
        lastFailure = nil
        (isReplacing, isRetiring) = (false, false)
        credentialLife = .endless
    }
}
