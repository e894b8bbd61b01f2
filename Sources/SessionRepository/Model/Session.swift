public import Foundation

/// One login of one user on one device, as Redis holds it.
///
/// A value of one word: it is handed from place to place many times between the reply that it was read from and the one
/// who asked, and out of the near cache at every request.
public struct Session: Hashable, Identifiable, Sendable {
    private let content: Content

    /// Names the session; not a credential.
    public var id: SessionID { content.fields.id }
    /// Whose session it is.
    public var userID: UserID { content.fields.userID }
    /// Whether it has been ended by decision. Active sessions under a grant also need the grant: ask `authorize`.
    public var state: State { content.fields.state }
    /// What the client calls itself, at most 256 bytes.
    public var deviceName: String? { content.fields.deviceName }
    /// The address last seen, IPv4 or IPv6 in canonical spelling. A change is recorded at once, within a bound:
    /// `SessionPolicy.activityResolution`.
    public var ipAddress: String? { content.fields.ipAddress }
    /// The client's User-Agent header, at most 1,024 bytes.
    public var userAgent: String? { content.fields.userAgent }
    /// When the session began, by Redis' clock, to the millisecond, as are all times here.
    public var createdAt: Date { content.fields.createdAt }
    /// When the user proved who they are; equal to `createdAt` unless the caller said otherwise.
    public var authenticatedAt: Date { content.fields.authenticatedAt }
    /// The last recorded activity. Coalesced: it may lag by the configured `activityResolution`.
    public var lastActivityAt: Date { content.fields.lastActivityAt }
    /// When the session ends unless activity is recorded before (OWASP ASVS 5.0 §7.3.1); never later than `expiresAt`.
    public var idleExpiresAt: Date { content.fields.idleExpiresAt }
    /// The absolute end (OWASP ASVS 5.0 §7.3.2). Idleness may end the session sooner.
    public var expiresAt: Date { content.fields.expiresAt }
    /// The support-access grant under which the session was opened.
    public var grantID: SupportAccessGrantID? { content.fields.grantID }
    /// The application's own values. `authorize` fills in only those that the configuration names.
    public var attributes: [String: String] { content.fields.attributes }
    /// The assurance level in force: that of the elevation while there is one, else that of the login; `nil` where none is
    /// recorded. `authorize` fills it in, and the next two, where the configuration asks for it (`authorizeAssurance`).
    public var level: String? { assurance?.elevation?.level ?? assurance?.level }
    /// What the user has proved it by, as the level: the methods of the elevation while there is one, else of the login.
    public var methods: [String] { assurance?.elevation?.methods ?? assurance?.methods ?? [] }
    /// When the elevation ends, by Redis' clock; `nil` where there is none. One that is over by this process' clock is left
    /// out when the session is read.
    public var elevatedUntil: Date? { (assurance?.elevation?.until).map(Date.init(unixMilliseconds:)) }
    package var assurance: Assurance? { content.fields.assurance }

    package init(
        id: SessionID, userID: UserID, state: State, deviceName: String?, ipAddress: String?, userAgent: String?,
        createdAt: Date, authenticatedAt: Date, lastActivityAt: Date, idleExpiresAt: Date, expiresAt: Date,
        grantID: SupportAccessGrantID?, attributes: [String: String], assurance: Assurance? = nil
    ) {
        content = Content(
            Fields(
                id: id, userID: userID, state: state, deviceName: deviceName, ipAddress: ipAddress,
                userAgent: userAgent, createdAt: createdAt, authenticatedAt: authenticatedAt,
                lastActivityAt: lastActivityAt, idleExpiresAt: idleExpiresAt, expiresAt: expiresAt, grantID: grantID,
                attributes: attributes, sharedAssurance: assurance.map(Shared.init)))
    }

    /// Whether every property is the same.
    public static func == (left: Session, right: Session) -> Bool {
        left.content === right.content || left.content.fields == right.content.fields
    }

    /// Every property counts.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(content.fields)
    }

    /// Whether the session has been ended by decision. One that expired is gone and has no record.
    public enum State: Hashable, Sendable {
        /// Not ended by decision.
        case active
        /// Ended for ever. The record is kept for the policy's `terminatedRetention`.
        case terminated(Termination)
    }

    /// Whether the record says active.
    public var isActive: Bool { state == .active }
}

extension Session {
    package struct Fields: Hashable, Sendable {
        package var id: SessionID
        package var userID: UserID
        package var state: State
        package var deviceName: String?
        package var ipAddress: String?
        package var userAgent: String?
        package var createdAt: Date
        package var authenticatedAt: Date
        package var lastActivityAt: Date
        package var idleExpiresAt: Date
        package var expiresAt: Date
        package var grantID: SupportAccessGrantID?
        package var attributes: [String: String]
        fileprivate var sharedAssurance: Shared?

        package var assurance: Assurance? {
            get { sharedAssurance?.value }
            set { sharedAssurance = newValue.map(Shared.init) }
        }
    }

    /// In a place of its own: most sessions have none, and then it takes one word.
    fileprivate final class Shared: Hashable, Sendable {
        let value: Assurance

        init(_ value: Assurance) {
            self.value = value
        }

        static func == (left: Shared, right: Shared) -> Bool { left.value == right.value }

        func hash(into hasher: inout Hasher) { hasher.combine(value) }
    }

    /// Never changes: who copies a session shares it.
    private final class Content: Sendable {
        let fields: Fields

        init(_ fields: Fields) {
            self.fields = fields
        }
    }
}

extension Session: CustomReflectable {
    /// The properties, as if they were stored one by one.
    public var customMirror: Mirror {
        let fixed = Mirror(reflecting: content.fields).children.filter { $0.label != "sharedAssurance" }
        let assurance: [Mirror.Child] = [
            ("level", level as Any), ("methods", methods), ("elevatedUntil", elevatedUntil as Any),
        ]
        return Mirror(self, children: fixed + assurance, displayStyle: .struct)
    }
}

extension Session {
    private init(fields: Fields) {
        content = Content(fields)
    }

    /// The same but for what `change` changes.
    package func with(_ change: (inout Fields) -> Void) -> Session {
        var fields = content.fields
        change(&fields)
        return Session(fields: fields)
    }
}

/// Who ended a session, when and why.
public struct Termination: Hashable, Sendable {
    /// When, by Redis' clock, to the millisecond.
    public let at: Date
    /// The actor's ID as the caller gave it, or `nil` when the system itself ended the session.
    public let by: String?
    /// As the caller gave it, at most 512 bytes, or one of the constants below when the repository itself ended it.
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
    /// The reason recorded when the support-access grant of the session was revoked, or given to another administrator.
    public static let supportAccessRevokedReason = "supportAccessRevoked"
}
