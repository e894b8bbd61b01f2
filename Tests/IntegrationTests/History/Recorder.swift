import SessionRepository
import Synchronization

/// Where the tasks of one scene write.
final class Recorder: Sendable {
    private let history = Mutex(History())

    func take() -> History { history.withLock { $0 } }

    func populate(_ user: UserID, _ sessions: [SessionID]) {
        history.withLock { $0.population[user] = Set(sessions) }
    }

    func open(_ session: SessionID, under grant: SupportAccessGrantID) {
        history.withLock { $0.grants[session] = grant }
    }

    /// From now on connections break.
    func expectBrokenConnections() {
        history.withLock { $0.connectionsBroke = true }
    }

    func distrust(_ time: ClosedRange<ContinuousClock.Instant>) {
        history.withLock { $0.untrusted.append(time) }
    }

    func record<Value>(
        _ observe: (Value) -> History.Entry.Observation,
        of operation: () async throws(SessionRepositoryError) -> Value
    ) async throws(SessionRepositoryError) -> Value {
        try await record({ [observe($0)] }, attempting: [], of: operation)
    }

    /// - Parameter endings: what the operation may have ended when its outcome is not known.
    func record<Value>(
        _ observe: (Value) -> [History.Entry.Observation], attempting endings: [History.Entry.Ending],
        of operation: () async throws(SessionRepositoryError) -> Value
    ) async throws(SessionRepositoryError) -> Value {
        let begin = ContinuousClock.now
        do throws(SessionRepositoryError) {
            let value = try await operation()
            append(observe(value), since: begin)
            return value
        } catch {
            // Unavailable means that nothing happened; the checker finds out when it did.
            if case .storeUnavailable = error { throw error }
            append(endings.map { .attempted($0) }, since: begin)
            throw error
        }
    }

    func append(_ observations: [History.Entry.Observation], since begin: ContinuousClock.Instant) {
        let end = ContinuousClock.now
        history.withLock { history in
            for observation in observations {
                history.entries.append(History.Entry(begin: begin, end: end, observation: observation))
            }
        }
    }
}
