import RedisClient

/// The hot path: one `authorize` on its way, without anything generic in it, which would be looked up at run time in
/// each of them, and without a copy of the reply. Hence it resumes and fails by itself, as `AnsweredCommand` does for others.
final class SessionLookup: PendingCommand, @unchecked Sendable {
    typealias Found = Result<SessionRecord.Finding, RecordProblem>

    let command: RedisCommand
    private let id: SessionID
    private let question: AuthorizeCommand
    // Unsafe saves an allocation; that it is resumed exactly once is `PendingCommand`'s contract.
    private let continuation: UnsafeContinuation<Result<Found, RedisError>, Never>
    // What makes the class not Sendable by itself: only the loop's thread touches it.
    private var answer: Result<Found, RedisError>?

    private init(
        _ id: SessionID, _ command: RedisCommand, of question: AuthorizeCommand,
        continuation: UnsafeContinuation<Result<Found, RedisError>, Never>
    ) {
        self.id = id
        self.command = command
        self.question = question
        self.continuation = continuation
    }

    func stage(_ reply: borrowing RedisReply) -> ReplyProblem? {
        if let error = reply.error {
            answer = .failure(error)
            return nil
        }
        do throws(ReplyProblem) {
            answer = .success(try question.read(reply, of: id))
            return nil
        } catch {
            answer = .failure(RedisError(error))
            return error
        }
    }

    func resume() {
        // `stage` comes first.
        guard let answer else { return fail(.protocolFailure("there is no answer")) }
        continuation.resume(returning: answer)
    }

    func fail(_ error: RedisError) {
        continuation.resume(returning: .failure(error))
    }

    static func run(
        _ id: SessionID, asking question: AuthorizeCommand, on connection: RedisConnection
    ) async throws(RedisError) -> Found {
        let number = connection.nextNumber()
        let command = question.encode(id)
        return try await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                connection.submit(
                    SessionLookup(id, command, of: question, continuation: continuation), number)
            }
        } onCancel: {
            connection.cancel(number)
        }.get()
    }
}
