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
        if let before = bulkResult(operationID, of: user) { return before.count }
        let count = endAll(of: user, by: actor, reason: reason) { $0 != kept }
        epochs[user] = Epoch(operationID, at: now)
        bulkResults[user, default: [:]][operationID] = BulkResult(count: count, end: now + max(retention, 86_400_000))
        return count
    }

    mutating func terminateEveryone(
        by actor: String?, reason: String?, operationID: OperationID
    ) throws(SessionRepositoryError) -> EveryoneOutProgress {
        let actor = try InputLimits.actor(actor)
        let reason = try InputLimits.reason(reason)
        if !everyoneOuts.contains(operationID) {
            everyone = Epoch(operationID, at: now)
            everyoneOuts = [operationID] + everyoneOuts.prefix(63)
        }
        let epoch = everyoneEpoch
        var progress = EveryoneOutProgress(users: 0, terminated: 0, fraction: 1)
        for user in userIndexes.keys where !userIndex(user).isEmpty {
            progress.users += 1
            let superseded = Set(userIndex(user).keys.filter { record($0)?.everyone != epoch })
            progress.terminated += endAll(of: user, by: actor, reason: reason, where: superseded.contains)
        }
        return progress
    }

    private mutating func endAll(
        of user: UserID, by actor: String?, reason: String?, where leaves: (SessionID) -> Bool
    ) -> Int {
        var count = 0
        for id in userIndex(user).keys {
            guard leaves(id) else { continue }
            if record(id)?.session.isActive == true {
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
        record.session = record.session.with {
            $0.state = .terminated(Termination(at: date, by: actor, reason: reason))
        }
        record.end = now + retention
        sessions[id] = record
        userIndexes[record.session.userID]?[id] = nil
        publish(
            SessionEvent(
                .sessionTerminated, at: date, sessionID: id, userID: record.session.userID, by: actor,
                reason: reason))
    }
}

extension InMemoryStore.Epoch {
    fileprivate init(_ operation: OperationID, at now: Int64) {
        self.init(text: "\(now)-\(operation.description.prefix(8))", end: now + InMemoryStore.longestLifetime)
    }
}
