/// Which grants are revoked together.
public enum SupportAccessScope: Hashable, Sendable {
    /// All of an organization.
    case organization(OrganizationID)
    /// All that name this Global Admin. Those that allow any administrator stay.
    case administrator(UserID)
    /// All there are. Walks the key space: for emergencies, not for a request's path.
    case everyone
}

/// What `terminateAllAccessByUser` ended.
public struct TerminatedAccess: Hashable, Sendable {
    /// Sessions of the user.
    public let sessions: Int
    /// Grants that named the user as the administrator.
    public let grants: Int

    package init(sessions: Int, grants: Int) {
        self.sessions = sessions
        self.grants = grants
    }
}
