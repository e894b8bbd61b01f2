import DequeModule

/// The order in which a journal is applied again at one server: pure, driven by the server's answers.
struct JournalReplay {
    /// How many writes are on their way at once.
    static let chunk = 256

    enum Verdict: Equatable {
        case goOn
        /// The server cannot take it now; nothing else may be let through to it before it has.
        case giveUp(RedisError)
    }

    private var waiting: Deque<WriteJournal.Entry>
    private var sent: Deque<(entry: WriteJournal.Entry, bySource: Bool)> = []
    /// Scripts that the server knows, or will when it has read what was sent.
    private var known: Set<String> = []
    private(set) var applied = 0

    init(_ entries: [WriteJournal.Entry]) {
        waiting = Deque(entries)
    }

    /// What to send when everything sent has been answered; empty at the end.
    mutating func nextCommands() -> [RedisCommand] {
        var commands: [RedisCommand] = []
        while commands.count < Self.chunk, let entry = waiting.popFirst() {
            let isNew = known.insert(entry.write.script.digest).inserted
            commands.append(isNew ? entry.write.bySource : entry.write.byDigest)
            sent.append((entry, isNew))
        }
        return commands
    }

    /// Takes the answer to the oldest one sent.
    mutating func answered(_ error: RedisError?) -> Verdict {
        guard let (entry, bySource) = sent.popFirst() else { return .goOn }
        guard let error else {
            applied += 1
            return .goOn
        }
        guard case .server(let code, _) = error else { return .giveUp(error) }
        switch error.saysReadOnly ? "READONLY" : code {
        case "NOSCRIPT" where !bySource:
            known.remove(entry.write.script.digest)
            waiting.append(entry)
            return .goOn
        case "MOVED", "ASK":
            // The keys are another node's, which will be told by its own connection.
            if bySource { known.remove(entry.write.script.digest) }
            return .goOn
        case "NOPERM", "WRONGTYPE", "ERR":
            // It would be refused for ever.
            return .goOn
        default:
            return .giveUp(.unavailable(reason: "the server did not take earlier writes again: \(code)"))
        }
    }
}
