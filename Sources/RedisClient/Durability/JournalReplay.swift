import DequeModule

/// The order in which a journal is applied again at one server: pure, driven by the server's answers.
struct JournalReplay {
    /// How many writes are on their way at once.
    static let chunk = 128

    enum Step: Equatable {
        case goOn
        /// The server cannot be asked anything now.
        case giveUp(RedisError)
    }

    private var waiting: Deque<WriteJournal.Entry>
    private var sent: Deque<(entry: WriteJournal.Entry, bySource: Bool)> = []
    /// Scripts that the server knows, or will when it has read what was sent.
    private var known: Set<String> = []
    private var isOutOfOrder = false
    private(set) var applied = 0
    /// Up to this number everything has been answered for good; known between two chunks.
    private(set) var appliedThrough: UInt64
    /// Slots for which not everything could be applied, and the word with which the server refused.
    private(set) var held: [HashSlot: String] = [:]

    /// - Parameter number: that of the last entry before these.
    init(_ entries: [WriteJournal.Entry], at number: UInt64 = 0) {
        waiting = Deque(entries)
        appliedThrough = number
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
    mutating func answered(_ error: RedisError?) -> Step {
        guard let (entry, bySource) = sent.popFirst() else { return .goOn }
        switch Verdict(error) {
        case .applied:
            applied += 1
        case .refused:
            break
        case .elsewhere:
            if bySource { known.remove(entry.write.script.digest) }
        case .open(let cause):
            if bySource { known.remove(entry.write.script.digest) }
            held[entry.slot] = cause
        case .notNow(let cause):
            held[entry.slot] = cause
        case .unknownScript where bySource:
            // Not even when it has just been given it.
            held[entry.slot] = "NOSCRIPT"
        case .unknownScript:
            known.remove(entry.write.script.digest)
            waiting.append(entry)
            isOutOfOrder = true
        case .later(let error):
            return .giveUp(error)
        }
        noteProgress(after: entry)
        return .goOn
    }

    /// What is to be sent once more, or is held, is behind.
    private mutating func noteProgress(after entry: WriteJournal.Entry) {
        guard held.isEmpty, sent.isEmpty, !isOutOfOrder else { return }
        appliedThrough = max(appliedThrough, entry.number)
    }

    private static func later(_ code: String) -> RedisError {
        .unavailable(reason: "the server did not take earlier revocations again: \(code)")
    }

    /// What the answer to one write comes to.
    enum Verdict: Equatable {
        case applied
        /// For ever: it could not have been written there in the first place.
        case refused
        /// The keys are another node's, which is told by its own connection.
        case elsewhere
        /// The keys are on their way between two nodes. Holds back their slot.
        case open(String)
        /// The server refuses this write for now, and may take others. Holds back its slot.
        case notNow(String)
        case unknownScript
        /// The server cannot be asked anything now, or must not be.
        case later(RedisError)

        /// With these a server refuses whatever is asked of it, or says that it is not the one to ask.
        private static let serverWide: Set = ["BUSY", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "NOAUTH", "READONLY"]

        init(_ error: RedisError?) {
            guard let error else {
                self = .applied
                return
            }
            guard case .server(let code, let message) = error else {
                self = .later(error)
                return
            }
            switch RedisError.insideScript(code: code, message: message).code {
            case "NOSCRIPT": self = .unknownScript
            case "MOVED": self = .elsewhere
            case let code where ["ASK", "TRYAGAIN"].contains(code): self = .open(code)
            case "NOPERM", "WRONGTYPE": self = .refused
            case let code where Self.serverWide.contains(code): self = .later(JournalReplay.later(code))
            case let code: self = .notNow(code)
            }
        }
    }
}
