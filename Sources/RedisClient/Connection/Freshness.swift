/// When a server has to say again that it is a master, and where its name leads to: pure.
struct Freshness {
    struct Limits {
        /// How long an answer to the question is good for; `nil` where nobody asks.
        var interval: Duration?
        /// How often a name is looked up again; `nil` for addresses and where nobody follows the name.
        var nameInterval: Duration?
        /// Whether the answer is needed also when there is nothing to send: a near cache answers meanwhile.
        var isAlwaysNeeded = false
    }

    private let limits: Limits
    private var roleDue = MonotonicTime.distantFuture
    private var nameDue = MonotonicTime.distantFuture
    private var isLookingUp = false
    private var isMissing = false

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// The handshake asks for the role; the address has just been looked up.
    mutating func connected(now: MonotonicTime) {
        roleAsked(now: now)
        nameDue = limits.nameInterval.map { now + $0 } ?? .distantFuture
        isMissing = false
    }

    // MARK: The role

    /// Whether the next batch of commands must come behind a role check.
    func isRoleDue(_ now: MonotonicTime) -> Bool { now >= roleDue }

    /// When to ask although there is nothing to send.
    var roleDeadline: MonotonicTime { limits.isAlwaysNeeded ? roleDue : .distantFuture }

    /// Where hits depend on the answer, it is asked for early enough to be there in time.
    mutating func roleAsked(now: MonotonicTime) {
        roleDue = limits.interval.map { now + (limits.isAlwaysNeeded ? $0 / 2 : $0) } ?? .distantFuture
    }

    // MARK: The name

    var nameDeadline: MonotonicTime { isLookingUp ? .distantFuture : nameDue }

    mutating func lookUpBegan() { isLookingUp = true }

    /// - Parameter isThere: whether the name still has the address of the connection; `nil` when that is not known.
    /// - Returns: whether the name has another address. A name service may leave some out, so two lookups in a row must say
    ///   so; the second one is due at once.
    mutating func lookUpEnded(isThere: Bool?, now: MonotonicTime) -> Bool {
        isLookingUp = false
        guard let interval = limits.nameInterval else { return false }
        nameDue = now + interval
        guard isThere == false else {
            if isThere == true { isMissing = false }
            return false
        }
        if !isMissing { nameDue = now }
        defer { isMissing = true }
        return isMissing
    }
}
