public import Foundation

/// One change in the store, as its script published it. A hint to look, not a record: Redis keeps no events.
public struct SessionEvent: Hashable, Sendable {
    public let kind: Kind
    /// When it happened, by Redis' clock, to the millisecond.
    public let at: Date
    public let sessionID: SessionID?
    /// The session's user; with `grantSaved` the administrator whom the grant names.
    public let userID: UserID?
    public let grantID: SupportAccessGrantID?
    public let organizationID: OrganizationID?
    /// Who did it, where that was said.
    public let by: String?
    public let reason: String?
    /// With `grantSaved`, the grant's expiry.
    public let expiresAt: Date?

    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case sessionCreated
        case sessionTerminated
        /// Published when somebody notices, at the next listing or login of the user; of a user who never comes back,
        /// not at all.
        case sessionExpired
        /// The chain alone. A terminated session's chain ends without an event of its own.
        case chainInvalidated
        /// A spent refresh token came back. The session's termination follows.
        case refreshTokenReuse
        case grantSaved
        case grantRevoked
    }

    package init(
        _ kind: Kind, at: Date, sessionID: SessionID? = nil, userID: UserID? = nil,
        grantID: SupportAccessGrantID? = nil, organizationID: OrganizationID? = nil, by: String? = nil,
        reason: String? = nil, expiresAt: Date? = nil
    ) {
        self.kind = kind
        self.at = at
        self.sessionID = sessionID
        self.userID = userID
        self.grantID = grantID
        self.organizationID = organizationID
        self.by = by
        self.reason = reason
        self.expiresAt = expiresAt
    }
}
