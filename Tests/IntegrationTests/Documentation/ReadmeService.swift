import Configuration
import Logging
import ServiceLifecycle
import SessionRepository
import SessionRepositoryConfiguration
import UnixSignals

/// With `ConfigReader(provider: EnvironmentVariablesProvider())`: the server is at `SESSION_REDIS_URL`.
func serve(_ config: ConfigReader, makeServer: (RedisSessionRepository) -> any Service) async throws {
    var configuration = try RedisSessionRepositoryConfiguration(config: config)
    configuration.observability = .bootstrapped
    let sessions = try RedisSessionRepository(configuration: configuration)

    // The last one ends first: the server has its sessions as long as it runs.
    let services: [any Service] = [sessions, makeServer(sessions)]
    try await ServiceGroup(
        services: services, gracefulShutdownSignals: [.sigterm], logger: Logger(label: "service")
    ).run()
}
