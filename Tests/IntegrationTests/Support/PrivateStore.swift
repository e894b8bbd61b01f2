import EmbeddedRedis
import Logging
import Testing

@testable import SessionRepository

/// Runs a test with a repository on a server of its own.
func withPrivateStore(
    _ options: EmbeddedRedisOptions = EmbeddedRedisOptions(),
    policy: SessionPolicy = SessionPolicy(),
    configure: (inout RedisSessionRepositoryConfiguration) -> Void = { _ in },
    checkingAfterwards: Bool = true,
    _ body: (Store, EmbeddedRedis) async throws -> Void
) async throws {
    try await withPrivateServer(options) { server in
        try await withStore(
            url: server.url, policy: policy, configure: configure, checkingAfterwards: checkingAfterwards,
            removingKeys: false
        ) { store in
            try await body(store, server)
        }
    }
}

/// A repository without the surroundings, for where its server may be missing. Shut down afterwards.
func withRepository(
    at server: RedisServer,
    configure: (inout RedisSessionRepositoryConfiguration) -> Void = { _ in },
    _ body: (RedisSessionRepository) async throws -> Void
) async throws {
    var configuration = RedisSessionRepositoryConfiguration(server: server)
    configuration.keyPrefix = "test-\(OperationID())"
    configuration.commandTimeout = .seconds(20)
    configuration.connectTimeout = .seconds(20)
    configure(&configuration)
    let repository = try RedisSessionRepository(configuration: configuration, logger: .quiet)
    do {
        try await body(repository)
    } catch {
        await repository.shutdown()
        throw error
    }
    await repository.shutdown()
}

/// The same store, for who does not wait for long: a patient one prepares what is asked for.
func withImpatience(
    _ timeout: Duration, with store: Store, _ body: (RedisSessionRepository) async throws -> Void
) async throws {
    try await withRepository(
        at: store.server,
        configure: {
            $0.keyPrefix = store.prefix
            $0.commandTimeout = timeout
        }, body)
}

/// A session ID that no store knows.
func unknownSession() throws -> SessionID { SessionID(for: try UserID("nobody")) }
