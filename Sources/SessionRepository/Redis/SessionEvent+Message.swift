import Foundation

extension SessionEvent {
    /// Reads what `publish` in the scripts wrote; `nil` for anything else, also for a kind that a later version added.
    init?(message text: String) {
        guard let message = try? JSONDecoder().decode(Message.self, from: Data(text.utf8)),
            let kind = Kind(rawValue: message.event), Date.recordable.contains(message.at)
        else { return nil }
        self.init(
            kind, at: Date(unixMilliseconds: message.at),
            sessionID: message.session.flatMap { TaggedIdentifier($0) }.map(SessionID.init),
            userID: message.user.map(UserID.init(stored:)),
            grantID: message.grant.flatMap { TaggedIdentifier($0) }.map(SupportAccessGrantID.init),
            organizationID: message.organization.map(OrganizationID.init(stored:)),
            by: message.by, reason: message.reason,
            expiresAt: message.expires.flatMap { Date.recordable.contains($0) ? Date(unixMilliseconds: $0) : nil })
    }

    private struct Message: Decodable {
        let event: String
        let at: Int64
        let session: String?
        let user: String?
        let grant: String?
        let organization: String?
        let by: String?
        let reason: String?
        let expires: Int64?
    }
}
