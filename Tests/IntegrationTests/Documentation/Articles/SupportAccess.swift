import SessionRepository

enum SupportAccessArticle {
    /// An organization's administrator lets support in for two hours.
    static func allow(
        _ organization: OrganizationID, by administrator: String, in sessions: any SessionRepository
    ) async throws -> SupportAccessGrant {
        try await sessions.saveSupportAccessGrant(
            NewSupportAccessGrant(
                organizationID: organization, grantedBy: administrator, expiry: .after(.seconds(2 * 3600)),
                reason: "ticket 4711"))
    }

    /// Support opens a session under it.
    static func open(
        _ organization: OrganizationID, for admin: UserID, in sessions: any SessionRepository
    ) async throws -> CreatedSession? {
        guard let grant = try await sessions.findActiveSupportAccess(organization: organization, admin: admin) else {
            return nil
        }
        return try await sessions.createSession(NewSession(userID: admin, ticket: .none, grantID: grant.id))
    }
}
