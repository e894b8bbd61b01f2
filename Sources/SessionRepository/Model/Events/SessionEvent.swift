public import Foundation

/// One change in the store, as its script published it. A hint to look, not a record: Redis keeps no events.
public struct SessionEvent: Hashable, Sendable {
    /// What happened.
    public let kind: Kind
    /// When it happened, by Redis' clock, to the millisecond.
    public let at: Date
    /// The session that changed; `nil` with the grants' events.
    public let sessionID: SessionID?
    /// The session's user; with `grantSaved` the administrator whom the grant names.
    public let userID: UserID?
    /// The grant that changed, or the one under which a session began.
    public let grantID: SupportAccessGrantID?
    /// With the grants' events, whose grant it is.
    public let organizationID: OrganizationID?
    /// Who did it, where that was said.
    public let by: String?
    /// Why, where that was said, or one of the reasons in ``Termination``. At most 512 bytes.
    public let reason: String?
    /// With `grantSaved`, the grant's expiry.
    public let expiresAt: Date?

    /// What can happen. The raw value is the word in the message on Redis' channel.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A session began, also one that goes on under a new ID.
        case sessionCreated
        /// A session ended by decision. Ending many together gives one event for each.
        case sessionTerminated
        /// Published when somebody notices, at the next listing or login of the user; of a user who never comes back,
        /// not at all.
        case sessionExpired
        /// The chain alone. A terminated session's chain ends without an event of its own.
        case chainInvalidated
        /// A spent refresh token came back. The session's termination follows.
        case refreshTokenReuse
        /// A grant was saved, for the first time or again. The sessions of administrators who lost it are marked
        /// terminated after this.
        case grantSaved
        /// A grant was revoked. The sessions under it are marked terminated after this.
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
