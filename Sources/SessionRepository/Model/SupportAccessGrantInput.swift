import Foundation

/// What a saving changes of a grant, after its checks: everything within the limits, times in milliseconds. What is
/// `nil` stays as it is.
package struct SupportAccessGrantInput: Sendable {
    package let id: SupportAccessGrantID
    /// `nil` for that of a grant in force, which must be there.
    package let organizationID: OrganizationID?
    /// Who saves it.
    package let actor: String?
    package let grantedTo: NewSupportAccessGrant.Recipient?
    package let reason: Change?
    package let expiry: Expiry

    package enum Change: Sendable {
        case set(String)
        case remove

        package var text: String? {
            switch self {
            case .set(let text): text
            case .remove: nil
            }
        }
    }

    package enum Expiry: Sendable {
        /// Unix milliseconds.
        case at(Int64)
        /// Milliseconds from the moment of saving.
        case after(Int64)

        init(_ expiry: NewSupportAccessGrant.Expiry) throws(SessionRepositoryError) {
            switch expiry {
            case .after(let duration): self = .after(try InputLimits.lifetime(duration, field: "expiry"))
            case .at(let date): self = .at(try InputLimits.time(date, field: "expiry"))
            }
        }
    }

    package init(_ new: NewSupportAccessGrant) throws(SessionRepositoryError) {
        guard new.id.value.tag == HashTag(owner: new.organizationID.text) else {
            throw .invalidInput(field: "grant ID", problem: "it was made for another organization")
        }
        id = new.id
        organizationID = new.organizationID
        actor = try InputLimits.identifier(new.grantedBy, field: "granted by")
        grantedTo = new.grantedTo
        let text = try InputLimits.reason(new.reason)
        reason = new.reason.map { _ in text.map { .set($0) } ?? .remove }
        expiry = try Expiry(new.expiry)
    }

    /// Moves the end of a grant in force.
    package init(
        extending id: SupportAccessGrantID, until expiry: NewSupportAccessGrant.Expiry, by actor: String?
    ) throws(SessionRepositoryError) {
        self.id = id
        organizationID = nil
        self.actor = try InputLimits.actor(actor)
        grantedTo = nil
        reason = nil
        self.expiry = try Expiry(expiry)
    }
}

extension SessionRepositoryError {
    /// A grant without a word about who may use it, under an ID that is not in force.
    package static let unnamedAdministrator = SessionRepositoryError.invalidInput(
        field: "granted to",
        problem: "a new grant must name its administrator, or any; there is none in force under this ID to keep")
}
