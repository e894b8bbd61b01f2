import ServiceLifecycle
import SessionRepository

enum OperationsArticle {
    static func configuration(for url: String) throws -> RedisSessionRepositoryConfiguration {
        var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(url: url))
        configuration.policy.lifetime = .seconds(30 * 86_400)
        configuration.policy.idleTimeout = .seconds(12 * 3600)
        configuration.policy.maximumSessionsPerUser = 20
        configuration.commandTimeout = .milliseconds(500)
        return configuration
    }

    static func serve(_ server: some Service, with sessions: RedisSessionRepository) async throws {
        try await withTaskExecutorPreference(sessions.taskExecutor) {
            try await server.run()
        }
    }

    /// For a readiness probe that a person reads.
    static func problems(of sessions: RedisSessionRepository) async throws -> [String] {
        try await sessions.checkHealth().filter { $0.status != .ok }.map { "\($0.name): \($0.detail)" }
    }
}
