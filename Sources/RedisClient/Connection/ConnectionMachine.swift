import DequeModule

/// The life of one connection and of the commands that go through it: pure, without sockets, threads or clocks.
///
/// The driver reports events (`submit`, `replyArrived`, `connectionLost` …) and afterwards calls `nextAction` until it
/// returns `nil`. Every request that was submitted leaves exactly once: in `Delivery.reply`, or in `Action.fail`.
struct ConnectionMachine<Request, Random: RandomNumberGenerator>: ~Copyable {
    /// What the connection is doing.
    enum Phase: Equatable {
        /// No connection, and none asked for before `retryAt`. Can transition to: resolving, closed.
        case disconnected(retryAt: MonotonicTime)
        /// Looking up the host. Can transition to: choosingAddress, disconnected, closed.
        case resolving
        /// About to try the next address. Can transition to: connecting, disconnected, closed.
        case choosingAddress
        /// Waiting for the socket. Can transition to: handshaking, ready, choosingAddress, disconnected, closed.
        case connecting(deadline: MonotonicTime)
        /// Logging in. Can transition to: ready, choosingAddress, disconnected, closed.
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
    }

    /// One submitted command. Without its request it only holds a place in the order of replies: the caller has been
    /// freed already, and the reply is no answer to anybody.
    struct Entry {
        let id: UInt64
        var request: Request?
        /// The request of a caller that has been freed after it was sent.
        var witness: Request?
        let bytes: Int
        let deadline: MonotonicTime
        let isIdempotent: Bool
        let replies: Int
        var repliesDue: Int
        var wasSent = false

        init(id: UInt64, request: Request, bytes: Int, replies: Int, deadline: MonotonicTime, isIdempotent: Bool) {
            self.id = id
            self.request = request
            self.bytes = bytes
            self.replies = replies
            repliesDue = replies
            self.deadline = deadline
            self.isIdempotent = isIdempotent
        }
    }

    enum Delivery {
        /// Belongs to the log-in.
        case handshake
        case reply(to: Request)
        /// Of several commands that travelled as one, not the last reply.
        case part(of: Request)
        /// Its caller has been freed long since.
        case late(Request)
        /// One of several replies to what travelled as one, and not the answer.
        case discard
        /// Nothing was asked: the server and we do not speak the same protocol.
        case unexpected
    }

    let limits: Limits
    /// Whether to be connected also when there is nothing to send.
    var staysConnected = false
    var random: Random
    var phase = Phase.disconnected(retryAt: MonotonicTime(nanoseconds: .min))
    /// Submitted, not sent; in order of submission, with what is to be sent again in front.
    var waiting: Deque<Entry> = []
    /// Sent; in the order in which replies will come.
    var inFlight: Deque<Entry> = []
    var bytesInFlight = 0
    var failures: Deque<(Request, RedisError)> = []
    /// No deadline is earlier; there may be none as early.
    var earliestDeadline = MonotonicTime.distantFuture
    var drainDeadline: MonotonicTime?
    var backoff = Backoff()
    var addresses = 0..<0
    var lastFailure: RedisError?
    private(set) var releasedCommands = 0
    private(set) var releasedBytes = 0

    init(limits: Limits, random: Random) {
        self.limits = limits
        self.random = random
    }

    var isClosed: Bool { phase == .closed }

    // MARK: Events: commands

    mutating func submit(
        _ request: Request, id: UInt64, bytes: Int, replies: Int = 1, isIdempotent: Bool, deadline: MonotonicTime
    ) {
        guard phase != .closed else {
            failures.append((request, .shutDown))
            return release(bytes: bytes)
        }
        waiting.append(
            Entry(
                id: id, request: request, bytes: bytes, replies: replies, deadline: deadline,
                isIdempotent: isIdempotent))
        earliestDeadline = min(earliestDeadline, deadline)
    }

    /// Whether there is a connection and nothing to do with it.
    var isIdle: Bool {
        phase == .ready && inFlight.isEmpty && waiting.isEmpty && failures.isEmpty && drainDeadline == nil
    }

    /// The same as to submit it and to be told to send it, while there is nothing else.
    mutating func sent(
        _ request: Request, id: UInt64, bytes: Int, replies: Int = 1, isIdempotent: Bool, deadline: MonotonicTime
    ) {
        var entry = Entry(
            id: id, request: request, bytes: bytes, replies: replies, deadline: deadline, isIdempotent: isIdempotent)
        entry.wasSent = true
        bytesInFlight += bytes
        inFlight.append(entry)
        earliestDeadline = min(earliestDeadline, deadline)
    }

    /// Frees the callers at once. What was sent keeps its place in the order of replies.
    mutating func cancel(_ ids: Set<UInt64>) {
        giveUp { ids.contains($0.id) ? .cancelled : nil }
    }

    /// A reply arrived: whose is it? Of several commands that travelled as one, the last reply is the answer, or the
    /// first error.
    mutating func replyArrived(isError: Bool = false) -> Delivery {
        if case .handshaking = phase { return .handshake }
        guard phase == .ready, let due = inFlight.first?.repliesDue else { return .unexpected }
        if due > 1 {
            let first = inFlight.startIndex
            inFlight[first].repliesDue = due - 1
            guard let request = inFlight[first].request else { return .discard }
            guard isError else { return .part(of: request) }
            inFlight[first].request = nil
            return .reply(to: request)
        }
        let entry = inFlight.removeFirst()
        bytesInFlight -= entry.bytes
        release(bytes: entry.bytes)
        if let request = entry.request { return .reply(to: request) }
        return entry.witness.map { .late($0) } ?? .discard
    }

    // MARK: Events: the connection

    mutating func resolved(addressCount: Int) {
        guard phase == .resolving else { return }
        addresses = 0..<addressCount
        phase = .choosingAddress
    }

    mutating func connected(handshakeReplies: Int, now: MonotonicTime) {
        guard case .connecting = phase else { return }
        phase = .handshaking(deadline: now + limits.connectTimeout, repliesDue: handshakeReplies)
        if handshakeReplies == 0 { becomeReady() }
    }

    /// More is to be said before the connection is ready; time for it begins now.
    mutating func handshakeGrew(by replies: Int, now: MonotonicTime) {
        guard case .handshaking(_, let due) = phase else { return }
        phase = .handshaking(deadline: now + limits.connectTimeout, repliesDue: due + replies)
    }

    /// - Parameter renewing: where much has to be said, a server that goes on answering is not given up.
    mutating func handshakeStepSucceeded(renewing now: MonotonicTime? = nil) {
        guard case .handshaking(let deadline, let due) = phase else { return }
        let until = now.map { $0 + limits.connectTimeout } ?? deadline
        phase = .handshaking(deadline: until, repliesDue: due - 1)
        if due == 1 { becomeReady() }
    }

    /// The attempt failed or the connection broke. What was sent and may be repeated is sent again on the next one.
    mutating func connectionLost(_ error: RedisError, now: MonotonicTime) {
        guard phase != .closed else { return }
        let wasReady = phase == .ready
        lastFailure = error
        if case .unexpectedReply(let problem) = error { lastFailure = .unavailable(reason: problem) }
        if case .unexpectedReply = error, let culprit = inFlight.popFirst() {
            // Sent again, it would end the next connection too.
            if let request = culprit.request { failures.append((request, error)) }
            release(bytes: culprit.bytes)
        }
        while let entry = inFlight.popLast() { requeue(entry) }
        bytesInFlight = 0
        let hasMoreAddresses = !wasReady && !addresses.isEmpty
        if case .server = error {
            // The server is there and says no: waiting longer would not change its mind.
            giveUpWaiting(error)
        } else if limits.failsFast, !hasMoreAddresses {
            giveUpWaiting(error)
        }
        if hasMoreAddresses {
            phase = .choosingAddress
        } else {
            phase = .disconnected(retryAt: now + backoff.next(using: &random))
        }
    }

    /// Accepts nothing more, and closes once all is answered, or at the deadline.
    mutating func shutDown(deadline: MonotonicTime) {
        drainDeadline = min(deadline, drainDeadline ?? deadline)
    }

    // MARK: Accounting

    /// What has left since the last call and may be admitted anew.
    mutating func takeReleased() -> (commands: Int, bytes: Int) {
        defer { (releasedCommands, releasedBytes) = (0, 0) }
        return (releasedCommands, releasedBytes)
    }

    mutating func release(commands: Int = 1, bytes: Int) {
        releasedCommands += commands
        releasedBytes += bytes
    }

    private mutating func becomeReady() {
        phase = .ready
        backoff.reset()
        addresses = 0..<0
        lastFailure = nil
    }

    private mutating func requeue(_ entry: Entry) {
        guard let request = entry.request else { return release(bytes: entry.bytes) }
        guard entry.isIdempotent else {
            failures.append((request, .outcomeUnknown))
            return release(bytes: entry.bytes)
        }
        var entry = entry
        entry.repliesDue = entry.replies
        waiting.prepend(entry)
    }

    private mutating func giveUpWaiting(_ error: RedisError) {
        while let entry = waiting.popFirst() {
            if let request = entry.request { failures.append((request, entry.wasSent ? .outcomeUnknown : error)) }
            release(bytes: entry.bytes)
        }
    }
}
