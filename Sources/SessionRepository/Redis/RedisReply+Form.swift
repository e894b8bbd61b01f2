import RedisClient

extension RedisReply {
    /// Whether a value that was read is not there.
    /// - Throws: `misplaced` for what is neither a value nor null, which no such command answers.
    func isMissingValue(_ command: String) throws(ReplyProblem) -> Bool {
        switch element {
        case .null: true
        case .bytes: false
        case .other: throw .misplaced("the reply to \(command) is no value")
        }
    }
}
