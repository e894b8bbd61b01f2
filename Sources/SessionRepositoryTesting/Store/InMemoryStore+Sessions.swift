import Foundation
import SessionRepository

extension InMemoryStore {
    func find(_ id: SessionID, ownedBy owner: UserID?) -> Session? {
        guard let session = record(id)?.session, owner == nil || session.userID == owner else { return nil }
        return session
    }

    func authorize(_ id: SessionID) -> Authorization {
        guard let session = record(id)?.session else { return .unknown }
        if case .terminated(let termination) = session.state { return .terminated(termination) }
        if let grant = session.grantID, !isInForce(grant, for: session) { return .supportAccessEnded }
        return .active(
            session.with {
                $0.attributes = $0.attributes.filter { authorizeAttributes.contains($0.key) }
                if !authorizeAssurance { $0.assurance = nil }
            })
    }

    mutating func page(
        of user: UserID, limit: Int, after cursor: SessionPage.Cursor?
    ) throws(SessionRepositoryError) -> SessionPage {
        let limit = try InputLimits.pageSize(limit)
        prune(user)
        let active = userIndex(user).keys.compactMap { record($0)?.session }.filter(\.isActive)
            .map { (cursor: SessionPage.Cursor($0), session: $0) }
            .filter { entry in cursor.map { $0.isBefore(entry.cursor) } ?? true }
            .sorted { $0.cursor.isBefore($1.cursor) }
        let page = active.prefix(limit)
        return SessionPage(
            sessions: page.map(\.session).filter { session in
                session.grantID.map { isInForce($0, for: session) } ?? true
            },
            next: active.count > limit ? page.last?.cursor : nil)
    }

    /// Removes what expired from a user's index, which is when anybody learns of it.
    mutating func prune(_ user: UserID) {
        var index = userIndex(user)
        for (id, end) in index where end < now {
            index[id] = nil
            publish(SessionEvent(.sessionExpired, at: date, sessionID: id, userID: user))
        }
        userIndexes[user] = index
    }
}

extension SessionPage.Cursor {
    fileprivate init(_ session: Session) {
        self.init(created: session.createdAt.unixMilliseconds ?? 0, random: session.id.value.random)
    }

    /// The newest first.
    fileprivate func isBefore(_ other: SessionPage.Cursor) -> Bool {
        guard created == other.created else { return created > other.created }
        return random.text.utf8.lexicographicallyPrecedes(other.random.text.utf8)
    }
}
