/// A caller who wants the replies of two commands that travel as one.
final class PairCall<First: Sendable, Last: Sendable>: PendingCommand, @unchecked Sendable {
    let command: RedisCommand
    private let decodeFirst: @Sendable (borrowing RedisReply) -> First
    private let decodeLast: @Sendable (borrowing RedisReply) -> Last
    // As in `Call`.
    private let continuation: UnsafeContinuation<Result<(First, Last), RedisError>, Never>
    private var first: First?
    private var answer: Result<(First, Last), RedisError>?

    init(
        _ first: RedisCommand, _ last: RedisCommand,
        decodeFirst: @escaping @Sendable (borrowing RedisReply) -> First,
        decodeLast: @escaping @Sendable (borrowing RedisReply) -> Last,
        continuation: UnsafeContinuation<Result<(First, Last), RedisError>, Never>
    ) {
        command = .pipeline(first, last)
        self.decodeFirst = decodeFirst
        self.decodeLast = decodeLast
        self.continuation = continuation
    }

    func receivePart(_ reply: borrowing RedisReply) {
        first = decodeFirst(reply)
    }

    func complete(_ reply: borrowing RedisReply) {
        if let error = reply.error {
            answer = .failure(error)
        } else if let first {
            answer = .success((first, decodeLast(reply)))
        } else {
            answer = .failure(.unexpectedReply("the first of two replies is missing"))
        }
    }

    func resume() {
        guard let answer else { return }
        continuation.resume(returning: answer)
    }

    func fail(_ error: RedisError) {
        continuation.resume(returning: .failure(error))
    }
}
