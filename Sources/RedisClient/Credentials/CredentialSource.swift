import Synchronization

/// Where the credentials of each handshake come from. Asked anew for each attempt to connect.
///
/// A caller that asks during a running call gets its result: a provider that hangs is not called again and again.
package final class CredentialSource: Sendable, CustomStringConvertible {
    /// Calls back once, from any thread.
    package typealias Fetch = @Sendable (@escaping @Sendable (Result<Credentials, CredentialProblem>) -> Void) -> Void
    typealias Answer = @Sendable (Result<Credentials, RedisError>) -> Void

    /// What it is, in the words of an error: "the credential provider".
    package let description: String
    private let fetch: Fetch
    private let questions = Mutex(CredentialQuestions<Answer>())

    package init(_ description: String, fetch: @escaping Fetch) {
        self.description = description
        self.fetch = fetch
    }

    /// - Parameter timeout: of one attempt to connect, which the credentials must outlive: otherwise each connection would be
    ///   replaced as soon as it is made.
    /// - Parameter answer: is called once, at the latest after `timeout`.
    func credentials(within timeout: Duration, _ answer: @escaping Answer) {
        let (number, begins) = questions.withLock { questions in
            questions.add { [description] found in
                answer(found.flatMap { $0.outlive(timeout) ? .success($0) : .failure(Self.expired(description)) })
            }
        }
        Task {
            try? await Task.sleep(for: timeout)
            let late = questions.withLock { $0.giveUp(number) }
            late?(.failure(.unavailable(reason: "\(description) did not answer within \(timeout)")))
        }
        guard begins else { return }
        fetch { [self] found in
            let result = found.mapError { RedisError.unavailable(reason: "\(description) failed: \($0.text)") }
            for answer in questions.withLock({ $0.end() }) { answer(result) }
        }
    }

    /// How many wait for an answer.
    var waiting: Int { questions.withLock(\.count) }

    private static func expired(_ description: String) -> RedisError {
        .unavailable(reason: "\(description) failed: what it returned has expired, or does so at once")
    }
}

extension Credentials {
    fileprivate func outlive(_ timeout: Duration) -> Bool { expiresAt.map { $0 > .now() + timeout } ?? true }
}

/// The callers that wait for the result of the running call: pure.
struct CredentialQuestions<Answer> {
    private var waiting: [Int: Answer] = [:]
    private var lastNumber = 0
    private var isAsked = false

    var count: Int { waiting.count }

    /// - Returns: a number for `giveUp`, and whether the provider is to be asked.
    mutating func add(_ answer: Answer) -> (number: Int, begins: Bool) {
        lastNumber += 1
        waiting[lastNumber] = answer
        defer { isAsked = true }
        return (lastNumber, !isAsked)
    }

    /// - Returns: who waited, if it was still waiting.
    mutating func giveUp(_ number: Int) -> Answer? { waiting.removeValue(forKey: number) }

    /// The provider has answered.
    /// - Returns: all who wait.
    mutating func end() -> [Answer] {
        isAsked = false
        defer { waiting = [:] }
        return Array(waiting.values)
    }
}
