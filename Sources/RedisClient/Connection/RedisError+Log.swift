/// What the log says of a lost connection.
extension RedisError {
    var announcement: StaticString {
        switch self {
        case .foreignAnswer: "an answer names another subject; asking again on a new connection"
        case .protocolFailure, .unexpectedReply: "the stream of replies is damaged; closing the connection"
        default: "connection lost"
        }
    }

    /// Without the subject that an answer named: it is part of a session's ID.
    var detail: String {
        if case .foreignAnswer = self { return "the answer is about another subject" }
        return damage ?? "\(self)"
    }
}
