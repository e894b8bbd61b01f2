import Foundation
import SessionRepository

extension InMemoryStore {
    mutating func terminate(
        _ id: SessionID, ownedBy owner: UserID?, by actor: String?, reason: String?
    ) throws(SessionRepositoryError) -> TerminationOutcome {
        let actor = try InputLimits.actor(actor)
        let reason = try InputLimits.reason(reason)
        guard let session = find(id, ownedBy: owner) else { return .unknown }
        guard session.isActive else { return .alreadyTerminated }
        markTerminated(id, by: actor, reason: reason)
        return .terminated
    }

    mutating func terminateAll(
        of user: UserID, except kept: SessionID?, by actor: String?, reason: String?, operationID: OperationID
    ) throws(SessionRepositoryError) -> Int {
        let kept = try InputLimits.kept(kept, of: user)
        let actor = try InputLimits.actor(actor)
        let reason = try InputLimits.reason(reason)
        var account = account(user) ?? Account(notBefore: now, end: now)
        if let before = account.operations[operationID] { return Int(before) }
        let count = endAll(of: user, by: actor, reason: reason) { id, _ in id != kept }
        account.notBefore = now
        account.operations.remember(operationID, Int64(count))
        account.end = now + Self.longestLifetime
        accounts[user] = account
        return count
    }

    mutating func terminateEveryone(
        by actor: String?, reason: String?, operationID: OperationID
    ) throws(SessionRepositoryError) -> EveryoneOutProgress {
        let actor = try InputLimits.actor(actor)
        let reason = try InputLimits.reason(reason)
        var account = everyone ?? Account(notBefore: now, end: now)
        let cutoff = account.operations[operationID] ?? max(now, account.notBefore)
        if account.operations[operationID] == nil {
            account.notBefore = cutoff
            account.operations.remember(operationID, cutoff)
            everyone = account
        }
        var progress = EveryoneOutProgress(users: 0, terminated: 0, fraction: 1)
        for user in userIndexes.keys where !userIndex(user).isEmpty {
            progress.users += 1
            progress.terminated += endAll(of: user, by: actor, reason: reason) { _, session in
                session?.authenticatedAt.unixMilliseconds ?? 0 <= cutoff
            }
        }
        return progress
    }

    private mutating func endAll(
        of user: UserID, by actor: String?, reason: String?, where leaves: (SessionID, Session?) -> Bool
    ) -> Int {
        var count = 0
        for id in userIndex(user).keys {
            let session = record(id)?.session
            guard leaves(id, session) else { continue }
            if session?.isActive == true {
                markTerminated(id, by: actor, reason: reason)
                count += 1
            }
            userIndexes[user]?[id] = nil
        }
        return count
    }

    /// Marks an active session as terminated, with all that goes with it.
    mutating func markTerminated(_ id: SessionID, by actor: String?, reason: String?) {
        guard var record = record(id) else { return }
        let expires = record.session.expiresAt.unixMilliseconds ?? 0
        chains[id] = Chain(reason: reason, end: now + max(expires - now, retention))
        record.session = record.session.with(state: .terminated(Termination(at: date, by: actor, reason: reason)))
        record.end = now + retention
        sessions[id] = record
        userIndexes[record.session.userID]?[id] = nil
        publish(
            SessionEvent(
                .sessionTerminated, at: date, sessionID: id, userID: record.session.userID, by: actor,
                reason: reason))
    }
}
