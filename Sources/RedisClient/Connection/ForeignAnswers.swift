import DequeModule

/// Answers that named another subject than the one that was asked about. The first time that counts as damage of the
/// stream; the same answer on another connection is what the store holds, however often it is asked.
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
    /// - Returns: whether it was seen before, on a connection that was closed for it.
    mutating func isKnown(_ text: String, to command: [UInt8], now: MonotonicTime) -> Bool {
        let question = command.hashValue
        seen.removeAll { now >= $0.until }
        if let position = seen.firstIndex(where: { $0.question == question && $0.text == text }) {
            seen[position].until = now + Self.memory
            return true
        }
        if seen.count == Self.maximumCount { seen.removeFirst() }
        seen.append(Seen(text: text, question: question, until: now + Self.memory))
        return false
    }
}
