import SessionRepository
import Synchronization

/// What is wrong with an answer, whichever fault it came from.
enum WrongAnswer: String, CaseIterable, Sendable {
    /// It is about a session that was not asked for.
    case otherSession
    /// It lets in what has ended or never was.
    case wronglyActive
    /// It refuses what is active.
    case wronglyRefused
    /// It tells the outcome of another write.
    case otherOutcome
}

/// What the tasks were told, and when.
final class StreamNotes: Sendable {
    private struct State {
        var right = 0
        var wrong: [WrongAnswer: Int] = [:]
        var examples: [String] = []
        var codes: Set<String> = []
        var lastProblem: ContinuousClock.Instant?
        /// Of each task, right answers in a row.
        var row: [Int: Int] = [:]
    }

    private let state = Mutex(State())

    /// How a call may fail whose answer cannot be proved.
    static let expected: Set = ["storeUnavailable", "timedOut", "protocolFailure"]

    func right(_ task: Int) {
        state.withLock { state in
            state.right += 1
            state.row[task, default: 0] += 1
        }
    }

    func wrong(_ kind: WrongAnswer, _ text: String, _ task: Int) {
        state.withLock { state in
            state.wrong[kind, default: 0] += 1
            if state.examples.count < 5 { state.examples.append("\(kind): \(text)") }
            state.lastProblem = .now
            state.row[task] = 0
        }
    }

    func failed(_ error: SessionRepositoryError, of operation: StreamOperation, _ task: Int) {
        state.withLock { state in
            state.codes.insert(error.code)
            if !Self.expected.contains(error.code) { state.examples.append("\(operation): \(error)") }
            state.lastProblem = .now
            state.row[task] = 0
        }
    }

    /// Rows begin anew.
    func beginRows() { state.withLock { $0.row = [:] } }

    /// Whether that many tasks have had so many right answers in a row.
    func areRight(_ tasks: Int, answers: Int) -> Bool {
        state.withLock { state in state.row.count { $0.value >= answers } >= tasks }
    }

    var right: Int { state.withLock { $0.right } }
    var wrong: [WrongAnswer: Int] { state.withLock { $0.wrong } }
    var wrongCount: Int { wrong.values.reduce(0, +) }
    var examples: [String] { state.withLock { $0.examples } }
    /// How calls failed.
    var codes: Set<String> { state.withLock { $0.codes } }
    /// The end of the last call that failed or was answered wrongly.
    var lastProblem: ContinuousClock.Instant? { state.withLock { $0.lastProblem } }
}
