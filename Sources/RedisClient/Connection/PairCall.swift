import Synchronization

/// A caller who wants the replies of two commands that travel as one.
final class PairCall<First: Sendable, Last: Sendable>: PendingCommand {
    let command: RedisCommand
    private let decodeFirst: @Sendable (borrowing RedisReply) -> First
    private let decodeLast: @Sendable (borrowing RedisReply) -> Last
    private let first = Mutex<First?>(nil)
    // As in `Call`.
    private let continuation: UnsafeContinuation<Result<(First, Last), RedisError>, Never>

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
        let value = decodeFirst(reply)
        first.withLock { $0 = value }
    }

    func complete(_ reply: borrowing RedisReply) {
        if let error = reply.error { return fail(error) }
        guard let value = first.withLock({ $0.take() }) else {
            return fail(.unexpectedReply("the first of two replies is missing"))
        }
        continuation.resume(returning: .success((value, decodeLast(reply))))
    }

    func fail(_ error: RedisError) {
        continuation.resume(returning: .failure(error))
    }
}
