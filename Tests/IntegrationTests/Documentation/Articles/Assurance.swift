import SessionRepository

enum AssuranceArticle {
    static func logIn(_ user: UserID, in sessions: any SessionRepository) async throws -> Session {
        var new = NewSession(userID: user, ticket: .none)
        new.level = "aal1"
        new.methods = ["pwd"]
        let created = try await sessions.createSession(new)
        return created.session
    }

    /// After the second factor was proved.
    static func stepUp(_ id: SessionID, in sessions: any SessionRepository) async throws -> Bool {
        let outcome = try await sessions.elevateSession(id, to: "aal2", methods: ["pwd", "otp"], for: .seconds(900))
        guard case .updated = outcome else { return false }
        return true
    }

    static func withAssurance(_ url: String) throws -> RedisSessionRepositoryConfiguration {
        var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(url: url))
        configuration.authorizeAssurance = true
        return configuration
    }

    static func mayTransfer(_ id: SessionID, in sessions: any SessionRepository) async throws -> Bool {
        guard case .active(let session) = try await sessions.authorize(id) else { return false }
        return session.level == "aal2"
    }

    static func endTrial(_ id: SessionID, in sessions: any SessionRepository) async throws -> UpdateOutcome {
        try await sessions.updateSession(id, SessionChanges(attributes: ["theme": "dark", "trial": nil]))
    }
}
