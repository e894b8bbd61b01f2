/// When a server has to say again that it is a master, and where its name leads to: pure.
struct Freshness {
    struct Limits {
        /// How long an answer to the question is good for; `nil` where nobody asks.
        var interval: Duration?
        /// Whether the answer is needed also when there is nothing to send: a near cache answers meanwhile.
        var isAlwaysNeeded = false
        /// Whether the address was looked up by a name.
        var followsName = false
    }

    private let limits: Limits
    private var roleDue = MonotonicTime.distantFuture
    private var nameDue = MonotonicTime.distantFuture
    private var isLookingUp = false

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// The handshake asks for the role; the address has just been looked up.
    mutating func connected(now: MonotonicTime) {
        roleDue = limits.isAlwaysNeeded ? halfAnInterval(after: now) : anInterval(after: now)
        nameDue = limits.followsName ? anInterval(after: now) : .distantFuture
    }

    // MARK: The role

    /// Whether the next batch of commands must come behind a role check.
    func isRoleDue(_ now: MonotonicTime) -> Bool { now >= roleDue }

    /// When to ask although there is nothing to send.
    var roleDeadline: MonotonicTime { limits.isAlwaysNeeded ? roleDue : .distantFuture }

    /// Where hits depend on the answer, it is asked for early enough to be there in time.
    mutating func roleAsked(now: MonotonicTime) {
        roleDue = limits.isAlwaysNeeded ? halfAnInterval(after: now) : anInterval(after: now)
    }

    // MARK: The name

    var nameDeadline: MonotonicTime { isLookingUp ? .distantFuture : nameDue }

    mutating func lookUpBegan() { isLookingUp = true }

    mutating func lookUpEnded(now: MonotonicTime) {
        isLookingUp = false
        if nameDue < .distantFuture { nameDue = anInterval(after: now) }
    }

    private func anInterval(after now: MonotonicTime) -> MonotonicTime {
        limits.interval.map { now + $0 } ?? .distantFuture
    }

    private func halfAnInterval(after now: MonotonicTime) -> MonotonicTime {
        limits.interval.map { now + $0 / 2 } ?? .distantFuture
    }
}
