import Foundation

extension SessionEvent {
    /// Reads what `publish` in the scripts wrote: one event, or one for each of many sessions that ended together. None
    /// for anything else, also for a kind that a later version added.
    static func events(in text: String) -> [SessionEvent] {
        guard let message = try? JSONDecoder().decode(Message.self, from: Data(text.utf8)),
            let kind = Kind(rawValue: message.event), Date.recordable.contains(message.at)
        else { return [] }
        guard let sessions = message.sessions else {
            return [SessionEvent(kind, message, sessionID: message.session.flatMap(SessionID.init(stored:)))]
        }
        return sessions.map { SessionEvent(kind, message, sessionID: SessionID(stored: "\(message.tag ?? "").\($0)")) }
    }

    private init(_ kind: Kind, _ message: Message, sessionID: SessionID?) {
        self.init(
            kind, at: Date(unixMilliseconds: message.at), sessionID: sessionID,
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
        /// What the IDs of `sessions` begin with, and how each goes on.
        let tag: String?
        let sessions: [String]?
        let user: String?
        let grant: String?
        let organization: String?
        let by: String?
        let reason: String?
        let expires: Int64?
    }
}

extension SessionID {
    fileprivate init?(stored text: String) {
        guard let value = TaggedIdentifier(text) else { return nil }
        self.init(value)
    }
}
