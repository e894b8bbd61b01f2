import SessionRepository

/// What a history tells of each session, chain and grant by itself: when it may have begun to end, when it had ended at
/// the latest, and who saw it how.
struct Lives {
    private typealias Instant = ContinuousClock.Instant
    private typealias Thing = HistoryChecker.Thing

    private struct Look {
        let thing: Thing
        let isAlive: Bool
        let entry: History.Entry
    }

    private let history: History
    /// The sessions of each user, with the moment from which on they were there.
    private var sessions: [UserID: [SessionID: Instant?]] = [:]
    private var owners: [SessionID: UserID] = [:]
    /// The moment before which it was certainly not there.
    private var creations: [SessionID: Instant] = [:]
    private var opened: [SupportAccessGrantID: [SessionID]] = [:]
    /// The earliest beginning of anything that could end it.
    private var attempts: [Thing: Instant] = [:]
    /// From when on nobody may find it alive any more.
    private var ends: [Thing: Instant] = [:]
    /// The same, counting only what was ended after the last loss of everything.
    private var endsSinceLoss: [Thing: Instant] = [:]
    /// Chains whose mark may have gone with their session: until the first loss they had it.
    private var endsUntilLoss: [Thing: Instant] = [:]
    private var looks: [Look] = []
    /// When everything was taken away, from the first time on and until the last.
    private var wipe: ClosedRange<Instant>?
    private var firstLoss: Instant?
    private var lastLoss: Instant?
    /// Sessions seen when the last loss was over: they are not among what was lost.
    private var survivors: Set<SessionID> = []

    init(of history: History) {
        self.history = history
        for (user, ids) in history.population { for id in ids { add(id, of: user, since: nil) } }
        for (session, grant) in history.grants { opened[grant, default: []].append(session) }
        for entry in history.entries {
            if case .created(let id, let user) = entry.observation {
                add(id, of: user, since: entry.end)
                creations[id] = entry.begin
            }
            if case .forgot(let loss) = entry.observation { noteLoss(loss, entry) }
        }
        for entry in history.entries where history.isTrusted(entry) { noteSurvivors(entry) }
        for entry in history.entries { noteEnding(entry) }
        for entry in history.entries where history.isTrusted(entry) { noteLooks(entry) }
        // A session that is seen to have ended says nothing of its chain: it may only have lost its grant.
        for look in looks where !look.isAlive && !mayBeMadeAgain(look) {
            end(look.thing, look.entry, withChain: false)
        }
    }

    func violations() -> Set<HistoryChecker.Violation> {
        var violations: Set<HistoryChecker.Violation> = []
        for look in looks {
            if look.isAlive {
                if let end = lastMoment(of: look.thing, for: look.entry), look.entry.begin > end {
                    violations.insert(.cameBack(look.thing))
                }
            } else if !isExplained(look) {
                violations.insert(.lost(look.thing))
            }
        }
        return violations
    }

    /// The mark that a chain or a grant has ended goes with everything else; a session that is gone is not active.
    private func lastMoment(of thing: Thing, for entry: History.Entry) -> Instant? {
        if case .session = thing { return ends[thing] }
        if let firstLoss, entry.end < firstLoss, let end = endsUntilLoss[thing] { return min(end, ends[thing] ?? end) }
        guard let wipe, entry.end >= wipe.lowerBound else { return ends[thing] }
        return endsSinceLoss[thing]
    }

    /// A grant that was taken away, and never revoked, can be saved again under its ID; a session that was opened under
    /// it and has survived, in another master of a cluster, is good again then. The mark on a chain may have gone with
    /// its session.
    private func mayBeMadeAgain(_ look: Look) -> Bool {
        guard let firstLoss, look.entry.end >= firstLoss else { return false }
        return switch look.thing {
        case .grant: true
        case .session(let id): wipe == nil && history.grants[id] != nil
        case .chain(let id): wipe == nil && beginning(of: id).map { $0 >= firstLoss } ?? false
        }
    }

    /// Since when it was certainly there; `nil` when that was always so, or nothing is known of it.
    private func beginning(of session: SessionID) -> Instant? {
        owners[session].flatMap { sessions[$0]?[session] ?? nil }
    }

    private func isExplained(_ look: Look) -> Bool {
        if let firstLoss, look.entry.end >= firstLoss { return true }
        return attempts[look.thing].map { $0 <= look.entry.end } ?? false
    }

    // MARK: Reading the history

    private mutating func add(_ session: SessionID, of user: UserID, since moment: Instant?) {
        owners[session] = user
        sessions[user, default: [:]][session] = moment
    }

    private mutating func noteLoss(_ loss: History.Entry.Loss, _ entry: History.Entry) {
        firstLoss = min(firstLoss ?? entry.begin, entry.begin)
        lastLoss = max(lastLoss ?? entry.end, entry.end)
        guard loss == .everything else { return }
        wipe =
            min(wipe?.lowerBound ?? entry.begin, entry.begin)...max(wipe?.upperBound ?? entry.end, entry.end)
    }

    private mutating func noteEnding(_ entry: History.Entry) {
        guard let ending = entry.ending else { return }
        let isConfirmed = !entry.isAttempt && history.isTrusted(entry)
        switch ending {
        case .session(let id), .rotation(let id, _):
            attempt(.session(id), entry)
            if isConfirmed { end(.session(id), entry) }
        case .chain(let id):
            attempt(.chain(id), entry)
            if isConfirmed { end(.chain(id), entry) }
        case .sessions(let user):
            endSessions(of: user, entry, isConfirmed: isConfirmed)
        case .everyone:
            for user in sessions.keys { endSessions(of: user, entry, isConfirmed: isConfirmed) }
        case .grant(let grant):
            attempt(.grant(grant), entry)
            if isConfirmed { end(.grant(grant), entry) }
            for session in opened[grant] ?? [] where concerns(entry, session) {
                attempt(.session(session), entry)
                // Its record is marked later.
                if isConfirmed { end(.session(session), entry, withChain: false) }
            }
        }
    }

    /// After everything was lost, a revoked grant can be saved again, and sessions be opened under it.
    private func concerns(_ revocation: History.Entry, _ session: SessionID) -> Bool {
        guard let wipe, revocation.begin <= wipe.upperBound, let moment = beginning(of: session) else { return true }
        return moment <= wipe.upperBound
    }

    private mutating func noteSurvivors(_ entry: History.Entry) {
        guard let lastLoss, entry.begin > lastLoss else { return }
        switch entry.observation {
        case .authorized(let id, isActive: true), .stored(let id): survivors.insert(id)
        case .listed(_, let shown): survivors.formUnion(shown)
        default: break
        }
    }

    private mutating func endSessions(of user: UserID, _ entry: History.Entry, isConfirmed: Bool) {
        // One that came later, or meanwhile, is another login.
        let earlier = (sessions[user] ?? [:]).filter { $0.value.map { $0 < entry.begin } ?? true }
        var endedAll = false
        if case .terminatedAll(_, let count) = entry.observation, entry.begin > lastLoss ?? entry.end {
            endedAll = count >= earlier.count
        }
        for id in (sessions[user] ?? [:]).keys { attempt(.session(id), entry) }
        guard isConfirmed else { return }
        for (id, moment) in earlier {
            let survived = survived(id, since: moment, for: entry)
            end(.session(id), entry, withChain: survived ?? endedAll)
            if survived == nil, let firstLoss, entry.end < firstLoss {
                endsUntilLoss[.chain(id)] = min(endsUntilLoss[.chain(id)] ?? entry.end, entry.end)
            }
        }
    }

    /// A session that was taken away is not marked by what ends a user's sessions together, neither by what comes
    /// afterwards nor by what is applied again: its tokens find no session, and that is all.
    /// - Returns: `nil` when it may have been lost, or not.
    private func survived(_ session: SessionID, since moment: Instant?, for entry: History.Entry) -> Bool? {
        if let wipe {
            guard entry.end >= wipe.lowerBound else { return true }
            // One that was created meanwhile may have been taken away as soon as it was there.
            return creations[session].map { $0 > wipe.upperBound } ?? false
        }
        guard let firstLoss else { return true }
        if let moment, moment >= firstLoss { return false }
        return survivors.contains(session) ? true : nil
    }

    private mutating func noteLooks(_ entry: History.Entry) {
        switch entry.observation {
        case .authorized(let id, let isActive):
            look(.session(id), isActive, entry)
        case .listed(let user, let shown):
            for (id, moment) in sessions[user] ?? [:] where moment.map({ $0 < entry.begin }) ?? true {
                look(.session(id), shown.contains(id), entry)
            }
        case .rotated(let id, _, let outcome, _):
            switch outcome {
            case "rotated", "repeated":
                look(.session(id), true, entry)
                look(.chain(id), true, entry)
            case "invalidated": look(.chain(id), false, entry)
            default: look(.session(id), false, entry)
            }
        case .chain(let id, let isValid): look(.chain(id), isValid, entry)
        case .grant(let id, let isInForce): look(.grant(id), isInForce, entry)
        case .stored, .terminated, .terminatedAll, .created, .terminatedEveryone, .invalidated, .revoked, .attempted,
            .forgot,
            .other:
            break
        }
    }

    private mutating func look(_ thing: Thing, _ isAlive: Bool, _ entry: History.Entry) {
        looks.append(Look(thing: thing, isAlive: isAlive, entry: entry))
    }

    // MARK: A session's chain ends with it

    private mutating func attempt(_ thing: Thing, _ entry: History.Entry) {
        attempts[thing] = min(attempts[thing] ?? entry.begin, entry.begin)
        if case .session(let id) = thing { attempt(.chain(id), entry) }
    }

    private mutating func end(_ thing: Thing, _ entry: History.Entry, withChain: Bool = true) {
        ends[thing] = min(ends[thing] ?? entry.end, entry.end)
        if wipe.map({ entry.begin > $0.upperBound }) ?? true {
            endsSinceLoss[thing] = min(endsSinceLoss[thing] ?? entry.end, entry.end)
        }
        if withChain, case .session(let id) = thing { end(.chain(id), entry) }
    }
}
