package import Foundation

/// A renewal after its checks.
package struct SessionRenewal {
    package let old: SessionID
    package let new: SessionID
    package let ticket: LoginTicket
    /// Unix milliseconds.
    package let authenticatedAt: Int64?
    /// Milliseconds; `nil` for that of the old session.
    package let lifetime: Int64?

    package init(
        of old: SessionID, as new: SessionID, ticket: LoginTicket, authenticatedAt: Date?, lifetime: Duration?
    ) throws(SessionRepositoryError) {
        guard new.value.tag == old.value.tag, new != old else {
            throw .invalidInput(field: "new session ID", problem: "it must be a new one of the same user")
        }
        self.old = old
        self.new = new
        self.ticket = ticket
        try ticket.validate(for: old.value.tag)
        self.authenticatedAt = try InputLimits.authenticatedAt(authenticatedAt)
        if let lifetime {
            self.lifetime = try InputLimits.lifetime(lifetime, field: "lifetime")
        } else {
            self.lifetime = nil
        }
    }
}
