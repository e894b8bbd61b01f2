/// A command on its way, as the loop sees it. Exactly one of `complete` and `fail` is called, exactly once: the state
/// machine gives each request out once. After `fail`, `witness` may follow. All on the loop's thread, but for a `fail` of
/// what was never accepted.
package protocol PendingCommand: AnyObject, Sendable {
    var command: RedisCommand { get }
    /// Takes from the reply what is wanted of it. `resume` follows.
    func complete(_ reply: borrowing RedisReply)
    /// Frees the caller after `complete`. Apart from it, because one wake-up then serves all whose replies came together.
    func resume()
    func fail(_ error: RedisError)
    /// Of several commands that travel as one, each reply but the last. Again from the first when they are sent again.
    func receivePart(_ reply: borrowing RedisReply)
    /// The reply came after all, though nobody waits for it any more.
    func witness(_ reply: borrowing RedisReply)
}

extension PendingCommand {
    package func receivePart(_ reply: borrowing RedisReply) {}
    package func witness(_ reply: borrowing RedisReply) {}
}

/// A command with one suspended caller, who gets one answer.
protocol AnsweredCommand: PendingCommand {
    associatedtype Answer: Sendable
    // Unsafe saves an allocation per command; that it is resumed exactly once is `ConnectionMachine`'s contract,
    // which its tests check under random schedules.
    var continuation: UnsafeContinuation<Result<Answer, RedisError>, Never> { get }
    /// What `complete` took from the reply.
    var answer: Result<Answer, RedisError>? { get }
}

extension AnsweredCommand {
    func resume() {
        guard let answer else { return }
        continuation.resume(returning: answer)
    }

    func fail(_ error: RedisError) {
        continuation.resume(returning: .failure(error))
    }
}

/// A suspended caller and how it wants its reply. The reply is decoded on the loop's thread, straight from hiredis'
/// memory: no copy of it is kept.
final class Call<Value: Sendable>: AnsweredCommand, @unchecked Sendable {
    let command: RedisCommand
    private let decode: @Sendable (borrowing RedisReply) -> Value
    let continuation: UnsafeContinuation<Result<Value, RedisError>, Never>
    // What makes the class not Sendable by itself: only the loop's thread touches it.
    private(set) var answer: Result<Value, RedisError>?

    init(
        _ command: RedisCommand,
        decode: @escaping @Sendable (borrowing RedisReply) -> Value,
        continuation: UnsafeContinuation<Result<Value, RedisError>, Never>
    ) {
        self.command = command
        self.decode = decode
        self.continuation = continuation
    }

    func complete(_ reply: borrowing RedisReply) {
        if let error = reply.error {
            answer = .failure(error)
        } else {
            answer = .success(decode(reply))
        }
    }

    /// Whoever decodes may have to note that something was done, whether or not the caller still wants to know.
    func witness(_ reply: borrowing RedisReply) {
        if reply.error == nil { _ = decode(reply) }
    }
}
