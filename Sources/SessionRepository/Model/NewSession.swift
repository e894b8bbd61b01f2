public import Foundation

/// What to create a session from. Everything but the user is optional.
public struct NewSession: Hashable, Sendable {
    /// Chosen before the first attempt; creating twice with one ID creates one session.
    public var id: SessionID
    /// Whose session it is.
    public var userID: UserID
    /// From `beginLogin`, taken before the user authenticated. The session is refused if all sessions of the user, or
    /// everyone's, ended since. `.none` for a session without a login.
    public var ticket: LoginTicket
    /// Cut to 256 bytes.
    public var deviceName: String?
    /// IPv4 or IPv6. Port, brackets and zone are taken off; what is no address is left out and logged.
    public var ipAddress: String?
    /// Cut to 1,024 bytes.
    public var userAgent: String?
    /// When the user proved who they are, by Redis' clock. Only recorded: nothing is decided by it. One in the future
    /// counts as now, as does `nil`.
    public var authenticatedAt: Date?
    /// Absolute lifetime, positive, at most 400 days; `nil` takes the policy's.
    public var lifetime: Duration?
    /// The session ends when it has not been touched for this long; `nil` takes the policy's.
    public var idleTimeout: Duration?
    /// The grant under which support opens this session; the session never outlives it.
    public var grantID: SupportAccessGrantID?
    /// At most 32 of the application's own values; names up to 64 bytes, values up to 1,024.
    public var attributes: [String: String]
    /// The assurance level of the login, such as `aal2`: 1 to 64 printable ASCII characters without spaces. `nil` records none.
    public var level: String?
    /// What the user has proved who they are by, such as `pwd` and `otp` (RFC 8176): at most 8, each of 1 to 32 printable ASCII
    /// characters without spaces.
    public var methods: [String]

    /// A session of `userID`; what is `nil` is left out, or is the policy's. Limits are checked by `createSession`, which
    /// throws `invalidInput` and names the field.
    public init(
        userID: UserID,
        ticket: LoginTicket,
        id: SessionID? = nil,
        deviceName: String? = nil,
        ipAddress: String? = nil,
        userAgent: String? = nil,
        authenticatedAt: Date? = nil,
        lifetime: Duration? = nil,
        idleTimeout: Duration? = nil,
        grantID: SupportAccessGrantID? = nil,
        attributes: [String: String] = [:],
        level: String? = nil,
        methods: [String] = []
    ) {
        self.id = id ?? SessionID(for: userID)
        self.userID = userID
        self.ticket = ticket
        self.deviceName = deviceName
        self.ipAddress = ipAddress
        self.userAgent = userAgent
        self.authenticatedAt = authenticatedAt
        self.lifetime = lifetime
        self.idleTimeout = idleTimeout
        self.grantID = grantID
        self.attributes = attributes
        self.level = level
        self.methods = methods
    }
}

/// What `createSession` returns.
public struct CreatedSession: Sendable {
    /// The session as it was stored.
    public let session: Session
    /// The first of the session's chain; `nil` when the configuration has no keys to sign one.
    public let refreshToken: RefreshToken?

    package init(session: Session, refreshToken: RefreshToken?) {
        self.session = session
        self.refreshToken = refreshToken
    }
}
