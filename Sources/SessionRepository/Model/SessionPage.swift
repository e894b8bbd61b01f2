/// A part of a user's active sessions, latest activity first. The pages follow each other in order of creation, the newest
/// sessions first: a session that is active between two pages is neither skipped nor shown twice.
public struct SessionPage: Hashable, Sendable {
    /// At most as many as were asked for.
    public let sessions: [Session]
    /// Where the next page begins; `nil` on the last one.
    public let next: Cursor?

    /// - Parameter sessions: in any order.
    package init(sessions: [Session], next: Cursor?) {
        self.sessions = sessions.sorted(by: Session.isMoreRecent)
        self.next = next
    }

    /// A place in the list. It stays valid when sessions come, go and are active: the next page holds what was created
    /// before the sessions of this one.
    public struct Cursor: Hashable, Sendable {
        /// When the last session of the page was created, in Unix milliseconds.
        package let created: Int64
        package let random: RandomPart

        package init(created: Int64, random: RandomPart) {
            self.created = created
            self.random = random
        }
    }
}

extension Session {
    /// The order of a list: latest activity first.
    package static func isMoreRecent(_ left: Session, _ right: Session) -> Bool {
        guard left.lastActivityAt == right.lastActivityAt else { return left.lastActivityAt > right.lastActivityAt }
        return left.id.value.random.text.utf8.lexicographicallyPrecedes(right.id.value.random.text.utf8)
    }
}
