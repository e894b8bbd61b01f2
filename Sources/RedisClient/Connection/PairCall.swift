/// A caller who wants the replies of two commands that travel as one.
final class PairCall<First: Sendable, Last: Sendable>: AnsweredCommand, @unchecked Sendable {
    let command: RedisCommand
    private let decodeFirst: RedisDecoder<First>
    private let decodeLast: RedisDecoder<Last>
    let continuation: UnsafeContinuation<Result<(First, Last), RedisError>, Never>
    // What makes the class not Sendable by itself: only the loop's thread touches these two.
    private var first: Result<First, ReplyProblem>?
    private(set) var answer: Result<(First, Last), RedisError>?

    init(
        _ first: RedisCommand, _ last: RedisCommand,
        decodeFirst: @escaping RedisDecoder<First>, decodeLast: @escaping RedisDecoder<Last>,
        continuation: UnsafeContinuation<Result<(First, Last), RedisError>, Never>
    ) {
        command = .pipeline(first, last)
        self.decodeFirst = decodeFirst
        self.decodeLast = decodeLast
        self.continuation = continuation
    }

    func stagePart(_ reply: borrowing RedisReply) -> ReplyProblem? {
        do throws(ReplyProblem) {
            first = .success(try decodeFirst(reply))
            return nil
        } catch {
            first = .failure(error)
            return error
        }
    }

    func stage(_ reply: borrowing RedisReply) -> ReplyProblem? {
        if let error = reply.error {
            answer = .failure(error)
            return nil
        }
        do throws(ReplyProblem) {
            guard let first else { throw .misplaced("the first of two replies is missing") }
            answer = .success((try first.get(), try decodeLast(reply)))
            return nil
        } catch {
            answer = .failure(RedisError(error))
            return error
        }
    }
}
