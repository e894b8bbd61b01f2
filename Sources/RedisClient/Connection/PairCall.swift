/// A caller who wants the replies of two commands that travel as one.
final class PairCall<First: Sendable, Last: Sendable>: AnsweredCommand, @unchecked Sendable {
    let command: RedisCommand
    private let decodeFirst: @Sendable (borrowing RedisReply) -> First
    private let decodeLast: @Sendable (borrowing RedisReply) -> Last
    let continuation: UnsafeContinuation<Result<(First, Last), RedisError>, Never>
    // What makes the class not Sendable by itself: only the loop's thread touches these two.
    private var first: First?
    private(set) var answer: Result<(First, Last), RedisError>?

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
}
