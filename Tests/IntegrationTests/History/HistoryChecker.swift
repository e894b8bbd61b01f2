import SessionRepository

/// Proves that a history could only have come from a store that keeps its promises, or names what could not.
struct HistoryChecker {
    enum Violation: Hashable {
        /// `authorize` began after the session's end was confirmed, or seen, and said active.
        case cameBack(SessionID)
        /// A look at a user's sessions showed some of them ended and some not, though they end together.
        case partly(UserID)
        /// A bulk termination ended another number of sessions than there were.
        case miscounted(UserID, Int)
        /// Several successors of one token, or none, or several that were first.
        case forked(SessionID, generation: Int)
    }

    private typealias Entry = History.Entry

    static func check(_ history: History) -> Set<Violation> {
        let entries = history.entries
        return comebacks(entries).union(partialEnds(history)).union(forks(entries))
    }

    private static func comebacks(_ entries: [Entry]) -> Set<Violation> {
        // From when on nobody may be told "active" any more.
        var ended: [SessionID: ContinuousClock.Instant] = [:]
        for entry in entries {
            switch entry.observation {
            case .terminated(let id), .authorized(let id, isActive: false):
                ended[id] = min(ended[id] ?? entry.end, entry.end)
            default: break
            }
        }
        var violations: Set<Violation> = []
        for entry in entries {
            guard case .authorized(let id, isActive: true) = entry.observation, let end = ended[id],
                entry.begin > end
            else { continue }
            violations.insert(.cameBack(id))
        }
        return violations
    }

    /// A user's sessions that end together end at one moment: between the beginning of the bulk termination and the
    /// first look that showed any of them ended.
    private static func partialEnds(_ history: History) -> Set<Violation> {
        var owners: [SessionID: UserID] = [:]
        for (user, sessions) in history.population { for session in sessions { owners[session] = user } }
        var ended: [UserID: ContinuousClock.Instant] = [:]
        var begun: [UserID: ContinuousClock.Instant] = [:]
        var violations: Set<Violation> = []
        /// What an entry shows of a user: all there, none there, or (a violation) something else.
        func look(_ entry: Entry) -> (user: UserID, isActive: Bool)? {
            switch entry.observation {
            case .authorized(let id, let isActive):
                return owners[id].map { ($0, isActive) }
            case .listed(let user, let shown):
                guard let all = history.population[user] else { return nil }
                if !shown.isEmpty, shown != all { violations.insert(.partly(user)) }
                return (user, !shown.isEmpty)
            case .terminatedAll(let user, let count):
                guard let all = history.population[user] else { return nil }
                begun[user] = min(begun[user] ?? entry.begin, entry.begin)
                if count != all.count, count != 0 { violations.insert(.miscounted(user, count)) }
                return (user, false)
            case .terminated, .rotated, .other:
                return nil
            }
        }
        var looks: [(user: UserID, isActive: Bool, entry: Entry)] = []
        for entry in history.entries {
            guard let (user, isActive) = look(entry) else { continue }
            looks.append((user, isActive, entry))
            if !isActive { ended[user] = min(ended[user] ?? entry.end, entry.end) }
        }
        for (user, isActive, entry) in looks {
            if isActive, let end = ended[user], entry.begin > end { violations.insert(.partly(user)) }
            if !isActive, let begin = begun[user], entry.end < begin { violations.insert(.partly(user)) }
        }
        return violations
    }

    private static func forks(_ entries: [Entry]) -> Set<Violation> {
        struct Place: Hashable {
            let session: SessionID
            let generation: Int
        }
        var successors: [Place: Set<String>] = [:]
        var firsts: [Place: Int] = [:]
        for entry in entries {
            guard case .rotated(let session, let generation, let outcome, let successor) = entry.observation else {
                continue
            }
            let place = Place(session: session, generation: generation)
            if let successor { successors[place, default: []].insert(successor) }
            firsts[place, default: 0] += outcome == "rotated" ? 1 : 0
        }
        return Set(
            firsts.filter { place, count in count != 1 || successors[place]?.count != 1 }
                .map { .forked($0.key.session, generation: $0.key.generation) })
    }
}
