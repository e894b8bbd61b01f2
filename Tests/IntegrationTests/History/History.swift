import SessionRepository

/// What many tasks did at the same time and what they were told, each with its begin and its end.
struct History {
    struct Entry {
        enum Observation {
            /// `authorize` answered.
            case authorized(SessionID, isActive: Bool)
            /// The store has a record of the session, though it may have ended.
            case stored(SessionID)
            /// A list showed these sessions of the user.
            case listed(UserID, Set<SessionID>)
            /// A termination was confirmed.
            case terminated(SessionID)
            /// A bulk termination was confirmed.
            case terminatedAll(UserID, count: Int)
            /// A token of this generation was presented.
            case rotated(SessionID, generation: Int, outcome: String, successor: String?)
            /// A session was confirmed as created.
            case created(SessionID, UserID)
            /// Everyone's termination was confirmed.
            case terminatedEveryone
            /// A refresh-token chain's invalidation was confirmed.
            case invalidated(SessionID)
            /// The store said how a chain stands.
            case chain(SessionID, isValid: Bool)
            /// A grant's revocation was confirmed.
            case revoked(SupportAccessGrantID)
            /// The store said how a grant stands.
            case grant(SupportAccessGrantID, isInForce: Bool)
            /// Something was to end, and nobody knows whether it has: the answer was lost.
            case attempted(Ending)
            /// A fault that takes data away took place.
            case forgot(Loss)
            /// Anything else that was asked of the store.
            case other
        }

        /// What can be made to end.
        enum Ending: Hashable {
            case session(SessionID)
            case chain(SessionID)
            case sessions(of: UserID)
            case everyone
            case grant(SupportAccessGrantID)
            /// Ends nothing by itself; arriving late, a spent token looks like a stolen one.
            case rotation(SessionID, generation: Int)
        }

        /// What is missing through no fault of the repository.
        enum Loss: Hashable {
            /// All of it, at one moment.
            case everything
            /// What had not reached the replica that took over.
            case recentWrites
        }

        let begin: ContinuousClock.Instant
        let end: ContinuousClock.Instant
        let observation: Observation
    }

    /// Sessions that were there, all of them, before anything else concerned their user.
    var population: [UserID: Set<SessionID>] = [:]
    /// Under which grants sessions were opened.
    var grants: [SessionID: SupportAccessGrantID] = [:]
    /// When answers may have been damaged on their way: what was heard then proves nothing.
    var untrusted: [ClosedRange<ContinuousClock.Instant>] = []
    /// Whether a command may have been carried out twice because its connection broke under it.
    var connectionsBroke = false
    var entries: [Entry] = []

    mutating func merge(_ other: History) {
        population.merge(other.population) { $1 }
        grants.merge(other.grants) { $1 }
        untrusted += other.untrusted
        connectionsBroke = connectionsBroke || other.connectionsBroke
        entries += other.entries
    }
}
