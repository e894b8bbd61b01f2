import SessionRepository

/// Proves that a history could only have come from a store that keeps its promises, or names what could not.
struct HistoryChecker {
    enum Violation: Hashable {
        /// A question began after the end of what it is about was confirmed, or seen, and was answered as if it had not
        /// ended.
        case cameBack(Thing)
        /// Said to have ended, or not to be there, though nobody had asked for that and nothing had been lost.
        case lost(Thing)
        /// A look at a user's sessions showed some of them ended and some not, though they end together.
        case partly(UserID)
        /// A bulk termination ended another number of sessions than there were.
        case miscounted(UserID, Int)
        /// Several successors of one token, or none, or several that were first.
        case forked(SessionID, generation: Int)
    }

    private typealias Entry = History.Entry

    /// What can end, and must then not come back.
    enum Thing: Hashable {
        case session(SessionID)
        case chain(SessionID)
        case grant(SupportAccessGrantID)
    }

    static func check(_ history: History) -> Set<Violation> {
        Lives(of: history).violations().union(partialEnds(history)).union(forks(history))
    }

    /// A user's sessions that end together end at one moment: between the beginning of the bulk termination and the
    /// first look that showed any of them ended.
    private static func partialEnds(_ history: History) -> Set<Violation> {
        var owners: [SessionID: UserID] = [:]
        for (user, sessions) in history.population { for session in sessions { owners[session] = user } }
        var ended: [UserID: ContinuousClock.Instant] = [:]
        var begun: [UserID: ContinuousClock.Instant] = [:]
        var violations: Set<Violation> = []
        // What began before a failover may be there by halves. Everyone's end is everybody's.
        let isWhole = history.losses.isEmpty
        let everyoneEnds = history.entries.contains { $0.ending == .everyone }
        for entry in history.entries {
            guard case .sessions(let user) = entry.ending else { continue }
            begun[user] = min(begun[user] ?? entry.begin, entry.begin)
        }
        /// What an entry shows of a user: all there, none there, or (a violation) something else.
        func look(_ entry: Entry) -> (user: UserID, isActive: Bool)? {
            switch entry.observation {
            case .authorized(let id, let isActive):
                return owners[id].map { ($0, isActive) }
            case .listed(let user, let shown):
                guard let all = history.population[user] else { return nil }
                if isWhole, !shown.isEmpty, shown != all { violations.insert(.partly(user)) }
                return (user, !shown.isEmpty)
            case .terminatedAll(let user, let count):
                guard let all = history.population[user] else { return nil }
                if isWhole, count != all.count, count != 0 { violations.insert(.miscounted(user, count)) }
                return (user, false)
            default:
                return nil
            }
        }
        var looks: [(user: UserID, isActive: Bool, entry: Entry)] = []
        for entry in history.entries where history.isTrusted(entry) {
            guard let (user, isActive) = look(entry) else { continue }
            looks.append((user, isActive, entry))
            if !isActive { ended[user] = min(ended[user] ?? entry.end, entry.end) }
        }
        for (user, isActive, entry) in looks {
            if isWhole, isActive, let end = ended[user], entry.begin > end { violations.insert(.partly(user)) }
            if isWhole, !everyoneEnds, !isActive, let begin = begun[user], entry.end < begin {
                violations.insert(.partly(user))
            }
        }
        return violations
    }

    private static func forks(_ history: History) -> Set<Violation> {
        struct Place: Hashable {
            let session: SessionID
            let generation: Int
        }
        var successors: [Place: Set<String>] = [:]
        var firsts: [Place: Int] = [:]
        // The first of them may be one whose answer was lost.
        var unknown: Set<Place> = []
        for entry in history.entries {
            switch entry.observation {
            case .rotated(let session, let generation, let outcome, let successor):
                guard outcome != "invalidated", outcome != "unknown" else { continue }
                let place = Place(session: session, generation: generation)
                guard history.isTrusted(entry) else {
                    unknown.insert(place)
                    continue
                }
                if let successor { successors[place, default: []].insert(successor) }
                firsts[place, default: 0] += outcome == "rotated" ? 1 : 0
            case .attempted(.rotation(let session, let generation)):
                unknown.insert(Place(session: session, generation: generation))
            default: continue
            }
        }
        // A rotation that had happened is a repetition when it is sent again. After a loss a generation may be the
        // current one twice, and has the same successor again.
        let mayBeRepeated = history.connectionsBroke || !history.losses.isEmpty
        let limit = history.losses.isEmpty ? 1 : Int.max
        return Set(
            firsts.filter { place, count in
                count > limit || (count == 0 && !mayBeRepeated && !unknown.contains(place))
                    || successors[place].map { $0.count > 1 } ?? true
            }
            .map { .forked($0.key.session, generation: $0.key.generation) })
    }
}
