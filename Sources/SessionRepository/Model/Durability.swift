/// How far a revocation has to be before the operation returns.
///
/// Redis replicates asynchronously: what a master acknowledged is lost when it fails before a replica had it. `replicated`
/// narrows that (Redis' WAIT); it is no consensus.
public enum Durability: Hashable, Sendable {
    /// The master has done it.
    case acknowledged
    /// The master has done it, and then so many replicas had it, or the timeout passed. The revocation takes effect at
    /// once either way.
    /// - Parameters:
    ///   - count: 1 to 100.
    ///   - timeout: one millisecond to one minute.
    case replicated(count: Int, timeout: Duration)
}

/// What an operation did, and how far it is known to be.
public struct Confirmed<Outcome: Sendable>: Sendable {
    /// What the operation answers by itself.
    public let outcome: Outcome
    /// How far it is known to have come; never more than is known.
    public let reached: Reached

    /// Who is known to have it.
    public enum Reached: Hashable, Sendable {
        /// The master has it. Of its replicas nothing is known.
        case acknowledged
        /// So many replicas had it too: at least as many as were asked for, or the fewer that had it when time was up.
        case replicated(count: Int)
    }

    /// How many replicas are known to have it.
    public var replicas: Int {
        if case .replicated(let count) = reached { count } else { 0 }
    }

    package init(_ outcome: Outcome, replicas: Int = 0) {
        self.outcome = outcome
        reached = replicas > 0 ? .replicated(count: replicas) : .acknowledged
    }
}

extension Confirmed: Equatable where Outcome: Equatable {}

extension Durability {
    func validate() throws(SessionRepositoryError) {
        guard case .replicated(let count, let timeout) = self else { return }
        guard (1...100).contains(count) else {
            throw .invalidInput(field: "durability", problem: "the number of replicas must be 1 to 100")
        }
        guard timeout >= .milliseconds(1), timeout <= .seconds(60) else {
            throw .invalidInput(field: "durability", problem: "the timeout must be one millisecond to one minute")
        }
    }
}
