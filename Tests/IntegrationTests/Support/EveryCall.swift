@testable import SessionRepository

/// Each operation once, for what all of them must survive.
enum EveryCall {
    typealias Call = @Sendable (RedisSessionRepository) async throws -> Void

    /// Every kind of call there is.
    static func all() throws -> [String: Call] {
        let user = try UserID("user-42")
        let id = SessionID(for: user)
        let organization = try OrganizationID("acme")
        let grant = SupportAccessGrantID(for: organization)
        return [
            "authorize": { _ = try await $0.authorize(id) },
            "findSession": { _ = try await $0.findSession(id) },
            "beginLogin": { _ = try await $0.beginLogin(user) },
            "createSession": { _ = try await $0.createSession(NewSession(userID: user, ticket: .none)) },
            "touch": { _ = try await $0.touch(id) },
            "updateSession": { _ = try await $0.updateSession(id, SessionChanges(attributes: ["theme": "dark"])) },
            "elevateSession": {
                _ = try await $0.elevateSession(id, to: "aal2", methods: ["otp"], for: .seconds(60))
            },
            "findActiveSessionsByUser": { _ = try await $0.findActiveSessionsByUser(user) },
            "terminateSession": { _ = try await $0.terminateSession(id) },
            "terminateAllSessionsByUser": { _ = try await $0.terminateAllSessionsByUser(user) },
            "invalidateRefreshTokenChain": { _ = try await $0.invalidateRefreshTokenChain(id) },
            "isRefreshTokenChainInvalidated": { _ = try await $0.isRefreshTokenChainInvalidated(id) },
            "findSupportAccessGrant": { _ = try await $0.findSupportAccessGrant(grant) },
            "listSupportAccessGrants": { _ = try await $0.listSupportAccessGrants(organization) },
            "extendSupportAccessGrant": {
                _ = try await $0.extendSupportAccessGrant(grant, until: .after(.seconds(60)))
            },
            "revokeSupportAccessGrants": {
                _ = try await $0.revokeSupportAccessGrants(.organization(organization), by: nil)
            },
            "revokeSupportAccessGrant": { _ = try await $0.revokeSupportAccessGrant(grant) },
            "deleteExpiredSupportAccessGrants": { _ = try await $0.deleteExpiredSupportAccessGrants() },
            "renewSession": { _ = try await $0.renewSession(id, ticket: .none) },
            "shortenSession": { _ = try await $0.shortenSession(id, for: .seconds(1)) },
            "rotateRefreshToken": { repository in
                // Without keys, any.
                let token = repository.refreshTokenKeys?.issue(RefreshTokenClaims(sessionID: id, generation: 3))
                _ = try await repository.rotateRefreshToken(token ?? RefreshToken(""))
            },
            "terminateAllSessions": { _ = try await $0.terminateAllSessions() },
            "checkHealth": { _ = try await $0.checkHealth() },
            "currentTime": { _ = try await $0.currentTime() },
        ]
    }

    /// What each comes to when a fake server answers; `nil` when it is taken for an answer.
    static func outcomes(
        _ manner: FakeServer.Manner, timeout: Duration
    ) async throws -> [String: SessionRepositoryError?] {
        let server = try FakeServer(manner)
        defer { server.stop() }
        let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
        let calls = try all()
        var errors: [String: SessionRepositoryError?] = [:]
        try await withRepository(
            at: try RedisServer(unixSocketPath: server.path),
            configure: {
                $0.commandTimeout = timeout
                $0.connectTimeout = timeout
                $0.refreshTokenKeys = tokens
            }
        ) { repository in
            await withTaskGroup(of: (String, SessionRepositoryError?).self) { group in
                for (name, call) in calls {
                    group.addTask { (name, await error(of: call, on: repository)) }
                }
                for await (name, error) in group { errors.updateValue(error, forKey: name) }
            }
        }
        return errors
    }

    private static func error(of call: Call, on repository: RedisSessionRepository) async -> SessionRepositoryError? {
        do {
            try await call(repository)
            return nil
        } catch {
            return error as? SessionRepositoryError
        }
    }
}
