public import Foundation

/// An organization's permission for a Global Admin to see it, until a time.
public struct SupportAccessGrant: Hashable, Identifiable, Sendable {
    public let id: SupportAccessGrantID
    public let organizationID: OrganizationID
    /// Who in the organization allowed it.
    public let grantedBy: String
    /// The Global Admin's user ID; `nil` allows any.
    public let grantedTo: UserID?
    /// At most 512 bytes.
    public let reason: String?
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

/// What to save a grant from. Saving again under the same ID replaces it: so a grant is extended or shortened.
public struct NewSupportAccessGrant: Hashable, Sendable {
    /// Chosen before the first attempt; an ID that was revoked cannot be used again.
    public var id: SupportAccessGrantID
    public var organizationID: OrganizationID
    public var grantedBy: String
    public var grantedTo: UserID?
    public var reason: String?
    public var expiry: Expiry

    public enum Expiry: Hashable, Sendable {
        /// A moment by Redis' clock; one in the past is refused.
        case at(Date)
        /// Counted from the moment at which Redis saves the grant.
        case after(Duration)
    }

    public init(
        organizationID: OrganizationID,
        grantedBy: String,
        expiry: Expiry,
        id: SupportAccessGrantID? = nil,
        grantedTo: UserID? = nil,
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
