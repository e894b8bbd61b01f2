import Foundation

/// A grant to be saved, after its checks: everything within the limits, times in milliseconds.
package struct SupportAccessGrantInput {
    package let id: SupportAccessGrantID
    package let organizationID: OrganizationID
    package let grantedBy: String
    package let grantedTo: UserID?
    package let reason: String?
    package let expiry: Expiry

    package enum Expiry {
        /// Unix milliseconds.
        case at(Int64)
        /// Milliseconds from the moment of saving.
        case after(Int64)
    }

    package init(_ new: NewSupportAccessGrant) throws(SessionRepositoryError) {
        guard new.id.value.tag == HashTag(owner: new.organizationID.text) else {
            throw .invalidInput(field: "grant ID", problem: "it was made for another organization")
        }
        id = new.id
        organizationID = new.organizationID
        grantedBy = try InputLimits.identifier(new.grantedBy, field: "granted by")
        grantedTo = new.grantedTo
        reason = try InputLimits.reason(new.reason)
        switch new.expiry {
        case .after(let duration): expiry = .after(try InputLimits.lifetime(duration, field: "expiry"))
        case .at(let date): expiry = .at(try InputLimits.time(date, field: "expiry"))
        }
    }

    /// The grant that has been saved from this.
    package func grant(createdAt: Int64, expiresAt: Int64) -> SupportAccessGrant {
        SupportAccessGrant(
            id: id, organizationID: organizationID, grantedBy: grantedBy, grantedTo: grantedTo, reason: reason,
            createdAt: Date(unixMilliseconds: createdAt), expiresAt: Date(unixMilliseconds: expiresAt))
    }
}
