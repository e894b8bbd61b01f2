import DequeModule

/// Answers about another subject than the question's that are known to be what the store holds.
///
/// Such an answer counts as damage of the stream, unless the command was sealed: then no other command's reply can have come
/// in the place of its own. What was sent before a damage is sealed when it is sent again.
struct ForeignAnswers {
    private struct Seen {
        let text: String
        /// Of the command that asked: the same words may be said of any record.
        let question: Int
        var until: MonotonicTime
    }

    /// Since an answer last came it is believed for so long: one damaged record that is asked for again and again closes one
    /// connection.
    static let memory = Duration.seconds(60)
    /// A store with more damaged records than this closes a connection more often.
    private static let maximumCount = 64

    private var seen: Deque<Seen> = []

    /// - Parameters:
    ///   - text: what was wrong with the answer.
    ///   - command: what was asked.
    ///   - isSealed: whether nonces went right before and behind it.
    /// - Returns: whether the store holds it.
    mutating func isStored(_ text: String, of command: [UInt8], isSealed: Bool, now: MonotonicTime) -> Bool {
        let question = command.hashValue
        seen.removeAll { now >= $0.until }
        if let position = seen.firstIndex(where: { $0.question == question && $0.text == text }) {
            seen[position].until = now + Self.memory
            return true
        }
        guard isSealed else { return false }
        if seen.count == Self.maximumCount { seen.removeFirst() }
        seen.append(Seen(text: text, question: question, until: now + Self.memory))
        return true
    }
}
