/// A command on its way, as the loop sees it. Of `resume` and `fail` exactly one is called, exactly once: the state machine
/// gives each request out once. After `fail`, `witness` may follow. All on the loop's thread, except a `fail` of a command
/// that was never accepted.
package protocol PendingCommand: AnyObject, Sendable {
    var command: RedisCommand { get }
    /// Decodes the reply and keeps the result. Has no other effect: nothing proves yet that the reply answers this command.
    /// Called again, with another reply, when the command is sent again.
    /// - Returns: why the reply cannot be the answer; `nil` when it can.
    func stage(_ reply: borrowing RedisReply) -> ReplyProblem?
    /// The same for each reply but the last of several commands that travel as one.
    func stagePart(_ reply: borrowing RedisReply) -> ReplyProblem?
    /// The staged reply is proved to be the answer: acts upon it and frees the caller.
    func resume()
    /// The staged reply is proved to be the answer, after the caller was freed by `fail`.
    func witness()
    func fail(_ error: RedisError)
}

extension PendingCommand {
    package func stagePart(_ reply: borrowing RedisReply) -> ReplyProblem? { nil }
    package func witness() {}
}

/// A command with one suspended caller, who gets one answer.
protocol AnsweredCommand: PendingCommand {
    associatedtype Answer: Sendable
    // Unsafe saves an allocation per command; that it is resumed exactly once is `ConnectionMachine`'s contract,
    // which its tests check under random schedules.
    var continuation: UnsafeContinuation<Result<Answer, RedisError>, Never> { get }
    /// What `stage` took from the reply.
    var answer: Result<Answer, RedisError>? { get }
}

extension AnsweredCommand {
    func resume() {
        // `stage` comes first.
        guard let answer else { return fail(.protocolFailure("there is no answer")) }
        witness()
        continuation.resume(returning: answer)
    }

    func fail(_ error: RedisError) {
        continuation.resume(returning: .failure(error))
    }
}

extension RedisError {
    /// What a reply that cannot be the answer means to the caller, when it is the answer all the same.
    package init(_ problem: ReplyProblem) {
        switch problem {
        case .misplaced(let text): self = .protocolFailure(text)
        case .foreign(let text): self = .foreignAnswer(text)
        }
    }
}

/// A suspended caller and how it wants its reply. The reply is decoded on the loop's thread, straight from hiredis'
/// memory: no copy of it is kept.
final class Call<Value: Sendable>: AnsweredCommand, @unchecked Sendable {
    let command: RedisCommand
    private let decode: RedisDecoder<Value>
    private let proved: (@Sendable (Value) -> Void)?
    let continuation: UnsafeContinuation<Result<Value, RedisError>, Never>
    // What makes the class not Sendable by itself: only the loop's thread touches it.
    private(set) var answer: Result<Value, RedisError>?

    init(
        _ command: RedisCommand, decode: @escaping RedisDecoder<Value>, proved: (@Sendable (Value) -> Void)?,
        continuation: UnsafeContinuation<Result<Value, RedisError>, Never>
    ) {
        self.command = command
        self.decode = decode
        self.proved = proved
        self.continuation = continuation
    }

    func stage(_ reply: borrowing RedisReply) -> ReplyProblem? {
        if let error = reply.error {
            answer = .failure(error)
            return nil
        }
        do throws(ReplyProblem) {
            answer = .success(try decode(reply))
            return nil
        } catch {
            answer = .failure(RedisError(error))
            return error
        }
    }

    /// A write may have to be noted whether or not the caller still wants to know.
    func witness() {
        if let proved, case .success(let value) = answer { proved(value) }
    }
}

/// Takes from a reply what is wanted of it. Runs on the loop's thread while the reply is still hiredis' memory: it must be
/// quick, must not block, and has no effect, because the reply is not proved yet.
package typealias RedisDecoder<Value> = @Sendable (borrowing RedisReply) throws(ReplyProblem) -> Value
