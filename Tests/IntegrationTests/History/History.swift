import SessionRepository
import Synchronization

/// What many tasks did at the same time and what they were told, each with its begin and its end.
struct History {
    struct Entry {
        enum Observation {
            /// `authorize` answered.
            case authorized(SessionID, isActive: Bool)
            /// A list showed these sessions of the user.
            case listed(UserID, Set<SessionID>)
            /// A termination was confirmed.
            case terminated(SessionID)
            /// A bulk termination was confirmed.
            case terminatedAll(UserID, count: Int)
            /// A token of this generation was presented.
            case rotated(SessionID, generation: Int, outcome: String, successor: String?)
            /// Anything else that was asked of the store.
            case other
        }

        let begin: ContinuousClock.Instant
        let end: ContinuousClock.Instant
        let observation: Observation
    }

    /// Sessions that were there, all of them, before anything else concerned their user.
    var population: [UserID: Set<SessionID>] = [:]
    var entries: [Entry] = []

    mutating func merge(_ other: History) {
        population.merge(other.population) { $1 }
        entries += other.entries
    }
}

/// Where the tasks of one scene write.
final class Recorder: Sendable {
    private let history = Mutex(History())

    func take() -> History { history.withLock { $0 } }

    func populate(_ user: UserID, _ sessions: [SessionID]) {
        history.withLock { $0.population[user] = Set(sessions) }
    }

    func record<Value>(
        _ observe: (Value) -> History.Entry.Observation,
        of operation: () async throws(SessionRepositoryError) -> Value
    ) async throws(SessionRepositoryError) -> Value {
        let begin = ContinuousClock.now
        let value = try await operation()
        let end = ContinuousClock.now
        let entry = History.Entry(begin: begin, end: end, observation: observe(value))
        history.withLock { $0.entries.append(entry) }
        return value
    }
}
