/// A part of a user's active sessions, latest activity first.
public struct SessionPage: Hashable, Sendable {
    /// At most as many as were asked for.
    public let sessions: [Session]
    /// Where the next page begins; `nil` on the last one.
    public let next: Cursor?

    package init(sessions: [Session], next: Cursor?) {
        self.sessions = sessions
        self.next = next
    }

    /// A place in the list. It stays valid when sessions come and go: the next page holds what was active less
    /// recently than the last session of this one.
    public struct Cursor: Hashable, Sendable {
        package let lastActivity: Int64
        package let random: RandomPart

        package init(lastActivity: Int64, random: RandomPart) {
            self.lastActivity = lastActivity
            self.random = random
        }
    }
}
