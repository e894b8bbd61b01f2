import EmbeddedRedis
import Foundation
import Logging
import RedisClient
import SessionRepository

/// The Redis that tests share when they do it no harm: the one at `SESSION_REDIS_URL`, or a private one that starts with
/// the first test and dies with the process. A test fails when there is none. In a build with TLS the private one
/// speaks nothing else.
enum SharedServer {
    #if TLS
    private static let embedded = Task {
        try await EmbeddedRedis.start(.tls(try await TestCertificates.shared.value.server()))
    }
    #else
    private static let embedded = Task { try await EmbeddedRedis.start() }
    #endif

    static func url() async throws -> String {
        if let url = ProcessInfo.processInfo.environment["SESSION_REDIS_URL"], !url.isEmpty { return url }
        #if TLS
        return try await embedded.value.url + "?ca=\(TestCertificates.shared.value.authorities)"
        #else
        return try await embedded.value.url
        #endif
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
    static func raw(
        _ url: String, timeout: Duration = .seconds(20),
        configure: (inout RedisClientConfiguration) -> Void = { _ in }
    ) throws -> RedisClient {
        let server = try RedisServer(url: url)
        var configuration = server.clientConfiguration
        configuration.commandTimeout = timeout
        configuration.connectTimeout = timeout
        // An operator looks at replicas too.
        configuration.roleCheckInterval = nil
        configure(&configuration)
        return try RedisClient(configuration: configuration, logger: .quiet)
    }
}

extension Logger {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
