public import Foundation

/// One login of one user on one device, as Redis holds it.
public struct Session: Hashable, Identifiable, Sendable {
    /// Names the session; not a credential.
    public let id: SessionID
    public let userID: UserID
    public let state: State
    /// What the client calls itself, at most 256 bytes.
    public let deviceName: String?
    /// The address last seen, IPv4 or IPv6 in canonical spelling.
    public let ipAddress: String?
    /// At most 1,024 bytes.
    public let userAgent: String?
    /// When the session began, by Redis' clock, to the millisecond, as are all times here.
    public let createdAt: Date
    /// When the user proved who they are; equal to `createdAt` unless the caller said otherwise.
    public let authenticatedAt: Date
    /// The last recorded activity. Coalesced: it may lag by the configured `activityResolution`.
    public let lastActivityAt: Date
    /// The absolute end (OWASP ASVS 5.0 §7.3.2). Idleness may end the session sooner.
    public let expiresAt: Date
    /// The support-access grant under which the session was opened.
    public let grantID: SupportAccessGrantID?
    /// The application's own values. `authorize` fills in only those that the configuration names.
    public let attributes: [String: String]

    package init(
        id: SessionID, userID: UserID, state: State, deviceName: String?, ipAddress: String?, userAgent: String?,
        createdAt: Date, authenticatedAt: Date, lastActivityAt: Date, expiresAt: Date, grantID: SupportAccessGrantID?,
        attributes: [String: String]
    ) {
        self.id = id
        self.userID = userID
        self.state = state
        self.deviceName = deviceName
        self.ipAddress = ipAddress
        self.userAgent = userAgent
        self.createdAt = createdAt
        self.authenticatedAt = authenticatedAt
        self.lastActivityAt = lastActivityAt
        self.expiresAt = expiresAt
        self.grantID = grantID
        self.attributes = attributes
    }

    /// Whether the session has been ended by decision. One that expired is gone and has no record.
    public enum State: Hashable, Sendable {
        case active
        case terminated(Termination)
    }

    /// Whether the record says active.
    public var isActive: Bool { state == .active }
}

/// Who ended a session, when and why.
public struct Termination: Hashable, Sendable {
    public let at: Date
    /// The actor's ID as the caller gave it, or `nil` when the system itself ended the session.
    public let by: String?
    public let reason: String?

    package init(at: Date, by: String?, reason: String?) {
        self.at = at
        self.by = by
        self.reason = reason
    }
}

extension Termination {
    /// The reason recorded when a newer session of the user took this one's place.
    public static let sessionLimitReason = "sessionLimit"
    /// The reason recorded when a spent refresh token came back (OWASP ASVS 5.0 §10.4.5).
    public static let refreshTokenReuseReason = "refreshTokenReuse"
    /// The reason recorded when the session went on under a new ID (OWASP ASVS 5.0 §7.2.4).
    public static let renewedReason = "renewed"
    /// The reason recorded when a login that authenticated before everyone's termination came after it.
    public static let everyoneOutReason = "everyoneOut"
    /// The reason recorded when the support-access grant of the session was revoked.
    public static let supportAccessRevokedReason = "supportAccessRevoked"
}
