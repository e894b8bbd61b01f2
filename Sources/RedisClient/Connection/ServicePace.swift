/// How fast the server works off a queue, as its proved replies show: pure.
///
/// Only a queue tells what a server can do: without one, replies come as slowly as they are asked for. A queue counts when
/// commands have waited in it for longer than a target and for longer than twice the shortest way there and back, without a
/// break for a whole interval. A server that pauses, and one that gets a long command now and then, has no such queue.
struct ServicePace {
    struct Limits {
        /// Target and interval of CoDel (RFC 8289, sections 4.2 and 4.3).
        var target = 5_000_000 as Int64
        var interval = 100_000_000 as Int64
        /// As many replies as one nonce proves: the mean of fewer says little.
        var leastServed = Int64(ReplyProofs.span)
        /// How many commands a new connection sends before the first is answered.
        var firstWindow = Self.leastWindow
        /// No fewer may be in flight, however slow the server is: the deadline bounds what is sent then. A way that becomes
        /// longer by a tenth of a second while it is in use looks like a slow server. Ever fewer in flight would be answered no
        /// faster, and the pace would fall for ever.
        static let leastWindow = 4 * ReplyProofs.span
    }

    /// Slower counts as this: products with it stay in range.
    private static let slowest = 1 << 36 as Int64
    private static let widest = 1 << 23

    private let limits: Limits
    /// Nanoseconds for each command; zero as long as there is nothing to go by.
    private(set) var perCommand = 0 as Int64
    /// How many commands may be in flight. Begins small and grows with each reply, as TCP's slow start does (RFC 5681, section
    /// 3.1): a server answers together what it has read together, and thousands of commands that it has read cannot be
    /// refused any more. In a queue it is as many as keep the server at work until replies have come and more was sent.
    private(set) var window: Int
    /// When replies were proved last.
    private(set) var lastProof = MonotonicTime(nanoseconds: .min)
    /// The shortest time there and back that was seen on this connection.
    private var shortest = Int64.max
    /// Since when replies come from a queue, and how many have come since.
    private var queueBegan: MonotonicTime?
    private var served = 0 as Int64

    init(_ limits: Limits = Limits()) {
        self.limits = limits
        window = limits.firstWindow
    }

    /// A new connection.
    /// - Parameter roundTrip: how long the first reply of its log-in took: a first burst of commands does not tell what is
    ///   the way and what is the server.
    mutating func connected(roundTrip: Duration) { shortest = max(1, roundTrip.clampedNanoseconds) }

    /// - Parameters:
    ///   - count: how many commands a nonce proved.
    ///   - sending: how the nonce was sent behind them.
    mutating func proved(_ count: Int, _ sending: ReplyProofs.Sending, now: MonotonicTime) {
        let waited = now.nanoseconds - sending.time.nanoseconds
        // Several that were sent together are answered together: only a command by itself shows that the way has become longer.
        shortest = count == 1 && !sending.foundQueue ? waited : min(shortest, waited)
        lastProof = now
        guard sending.foundQueue, waited > limits.target, waited / 2 > shortest else {
            forgetQueue()
            window = min(window + count, Self.widest)
            return
        }
        guard let began = queueBegan else {
            queueBegan = now
            return
        }
        // What came together at the beginning was worked off before it.
        guard now > began else { return }
        served += Int64(count)
        let elapsed = now.nanoseconds - began.nanoseconds
        guard elapsed >= limits.interval, served >= limits.leastServed else { return }
        perCommand = min(max(1, elapsed / served), Self.slowest)
        let enough = (limits.interval + 3 * shortest) / perCommand
        window = min(max(Limits.leastWindow, Int(enough)), Self.widest)
        // What is older counts less and less.
        if elapsed > 3 * limits.interval, served >= 2 * limits.leastServed {
            queueBegan = MonotonicTime(nanoseconds: began.nanoseconds + elapsed / 2)
            served /= 2
        }
    }

    private mutating func forgetQueue() { (perCommand, queueBegan, served) = (0, nil, 0) }

    /// Nothing was on its way, and something comes: what was a queue is over.
    mutating func becameBusy() {
        guard perCommand > 0 else { return }
        forgetQueue()
        window = max(window, limits.firstWindow)
    }

    /// The connection is gone: the next one may lead to another server.
    mutating func reset() { self = ServicePace(limits) }

    /// Whether what comes behind so many commands is answered after the deadline.
    func isTooLate(_ deadline: MonotonicTime, behind commands: Int, now: MonotonicTime) -> Bool {
        perCommand > 0 && now + .nanoseconds(Int64(commands) * perCommand) > deadline
    }
}
