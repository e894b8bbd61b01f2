public import Foundation

/// An organization's permission for a Global Admin to see it, until a time.
public struct SupportAccessGrant: Hashable, Identifiable, Sendable {
    /// Names the grant; not a credential.
    public let id: SupportAccessGrantID
    /// Whose data may be seen.
    public let organizationID: OrganizationID
    /// Who in the organization allowed it first. Later savings are told by ``SessionEvent/by``.
    public let grantedBy: String
    /// The Global Admin's user ID; `nil` allows any.
    public let grantedTo: UserID?
    /// At most 512 bytes.
    public let reason: String?
    /// When it was first saved, by Redis' clock, to the millisecond.
    public let createdAt: Date
    /// The one expiry: of the grant, of its key in Redis and of every session under it.
    public let expiresAt: Date

    package init(
        id: SupportAccessGrantID, organizationID: OrganizationID, grantedBy: String, grantedTo: UserID?,
        reason: String?, createdAt: Date, expiresAt: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.grantedBy = grantedBy
        self.grantedTo = grantedTo
        self.reason = reason
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// What to save a grant from. Under the ID of a grant in force it changes the expiry and what else is named; what is
/// `nil` stays as it is.
public struct NewSupportAccessGrant: Hashable, Sendable {
    /// Chosen before the first attempt; an ID that was revoked cannot be used again.
    public var id: SupportAccessGrantID
    /// Whose data may be seen. Must be the organization that the ID was made for.
    public var organizationID: OrganizationID
    /// Who in the organization allows it, or this change of it: 1 to 256 bytes without control characters. The grant
    /// keeps the first one.
    public var grantedBy: String
    /// Who may use it. `nil` keeps whom a grant in force names; a new grant has to say.
    public var grantedTo: Recipient?
    /// Why, at most 512 bytes. `nil` keeps that of a grant in force; an empty text removes it.
    public var reason: String?
    /// When it ends. Brought forward to the policy's `maximumGrantDuration` after the first saving, but a grant in force
    /// loses nothing to a policy that has become stricter.
    public var expiry: Expiry

    /// Who may use a grant.
    public enum Recipient: Hashable, Sendable {
        /// Any Global Admin.
        case anyAdministrator
        /// The Global Admin with this user ID. The sessions of others under the grant end for good.
        case administrator(UserID)

        /// The only one; `nil` for any.
        package var administrator: UserID? {
            switch self {
            case .anyAdministrator: nil
            case .administrator(let user): user
            }
        }
    }

    /// The end of a grant, as a moment or as a length.
    public enum Expiry: Hashable, Sendable {
        /// A moment by Redis' clock; one in the past is refused.
        case at(Date)
        /// Counted from the moment at which Redis saves the grant.
        case after(Duration)
    }

    /// A grant of `organizationID`, under a new ID unless one is given; a new one needs `grantedTo`. Limits are checked by
    /// `saveSupportAccessGrant`, which throws `invalidInput` and names the field.
    public init(
        organizationID: OrganizationID,
        grantedBy: String,
        expiry: Expiry,
        id: SupportAccessGrantID? = nil,
        grantedTo: Recipient? = nil,
        reason: String? = nil
    ) {
        self.id = id ?? SupportAccessGrantID(for: organizationID)
        self.organizationID = organizationID
        self.grantedBy = grantedBy
        self.grantedTo = grantedTo
        self.reason = reason
        self.expiry = expiry
    }
}
