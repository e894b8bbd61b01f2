import EmbeddedRedis
import Foundation
import Logging
import RedisClient
import SessionRepository

/// The Redis that tests share when they do it no harm: the one at `SESSION_REDIS_URL`, or a private one that starts with
/// the first test and dies with the process. A test fails when there is none.
enum SharedServer {
    private static let embedded = Task { try await EmbeddedRedis.start() }

    static func url() async throws -> String {
        if let url = ProcessInfo.processInfo.environment["SESSION_REDIS_URL"], !url.isEmpty { return url }
        return try await embedded.value.url
    }
}

/// A server of the test's own, for what would disturb others: killed, stopped, filled up. Gone with the test.
func withPrivateServer(
    _ options: EmbeddedRedisOptions = EmbeddedRedisOptions(),
    _ body: (EmbeddedRedis) async throws -> Void
) async throws {
    let server = try await EmbeddedRedis.start(options)
    do {
        try await body(server)
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
}

extension RedisClient {
    /// A connection for looking behind the repository's back.
    static func raw(_ url: String, timeout: Duration = .seconds(20)) throws -> RedisClient {
        let server = try RedisServer(url: url)
        var configuration = server.clientConfiguration
        configuration.commandTimeout = timeout
        configuration.connectTimeout = timeout
        return try RedisClient(configuration: configuration, logger: .quiet)
    }
}

extension Logger {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
