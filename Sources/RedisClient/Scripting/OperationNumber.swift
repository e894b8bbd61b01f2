import Synchronization

/// Identifies one call of a script: unique in the process, and a collision with another process is improbable.
struct OperationNumber: Sendable {
    let text: String

    /// From a random place on. Between these bounds a number has 8 to 11 digits in base 36, and no process comes from the
    /// lower one to the end.
    private static let last = Atomic<UInt64>(.random(in: 78_364_164_096..<131_621_703_842_267_136))

    static func next() -> OperationNumber {
        OperationNumber(text: String(last.add(1, ordering: .relaxed).newValue, radix: 36))
    }

    /// For calls of whose answers only the errors are read. It is always the same, and so are the commands.
    static let unread = OperationNumber(text: "00000000")

    /// Takes the result out of the answer to a call that this number names.
    func proving<Value>(_ decode: @escaping RedisDecoder<Value>) -> RedisDecoder<Value> {
        { reply throws(ReplyProblem) in
            guard reply.count == 2, let number = reply[0].withBytes({ $0.elementsEqual(text.utf8) }) else {
                throw .misplaced("the reply is not the answer of a script")
            }
            guard number || !reply.comparesSubjects else {
                throw .misplaced("the reply is the answer to another call of a script")
            }
            return try decode(reply[1])
        }
    }
}
