import ArgumentParser
import EmbeddedRedis
import Foundation
import Logging
import RedisClient
import SessionRepository

/// Where the sessions are: the options of every subcommand that asks Redis.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Where Redis is: redis://[user:password@]host:port/db, redis+unix:///path, \
            redis+sentinel://host:port,host:port/master-name, redis+cluster://host:port,host:port, or embedded.
            """,
            discussion: """
                Default: $SESSION_REDIS_URL, else redis://127.0.0.1:6379. Others on this machine can read a password \
                given here; the variable is safer. By TLS: rediss://, rediss+sentinel:// or rediss+cluster://, with \
                ?ca=file&cert=file&key=file where needed. 'embedded' starts a private redis-server for this one command.
                """,
            valueName: "url"))
    var redis: String?

    @Option(
        help: ArgumentHelp(
            "A file with nothing but Redis' password, instead of one in the URL.",
            discussion: """
                Default: $SESSION_REDIS_PASSWORD_FILE. Read at each connection. Without --redis, $SESSION_REDIS_USERNAME, \
                $SESSION_REDIS_PASSWORD and, for Sentinels, $SESSION_REDIS_SENTINEL_USERNAME and \
                $SESSION_REDIS_SENTINEL_PASSWORD_FILE count too.
                """,
            valueName: "path"))
    var passwordFile: String?

    @Option(help: "What every key begins with. Default: $SESSION_KEY_PREFIX, else sr.")
    var prefix: String?
}

extension StoreOptions {
    static let embedded = "embedded"

    /// What the options and the environment come to.
    var store: Store {
        get throws {
            let environment = ProcessInfo.processInfo.environment
            let tokenKeys = environment["SESSION_TOKEN_KEYS"].flatMap { $0.isEmpty ? nil : $0 }
            return Store(
                url: redis ?? environment["SESSION_REDIS_URL"] ?? "redis://127.0.0.1:6379",
                prefix: prefix ?? environment["SESSION_KEY_PREFIX"] ?? "sr",
                tokenKeys: try tokenKeys.map { try RefreshTokenKeys($0) },
                deployment: environment["SESSION_DEPLOYMENT"].flatMap { $0.isEmpty ? nil : $0 },
                policy: try SessionPolicy(environment: environment),
                // The environment's password and addresses are for the environment's server.
                logIn: LogIn(environment: redis == nil ? environment : [:], passwordFile: passwordFile),
                addressMap: redis == nil ? try Self.addressMap(environment) : [:])
        }
    }

    private static func addressMap(_ environment: [String: String]) throws -> [String: String] {
        let name = "SESSION_REDIS_ADDRESS_MAP"
        do throws(SessionRepositoryError) {
            let entries = try AddressMap.entries(environment[name]?.split(separator: ",").map(String.init) ?? [])
            _ = try AddressMap(entries)
            return entries
        } catch {
            guard case .invalidConfiguration(_, let problem) = error else { throw error }
            throw SessionRepositoryError.invalidConfiguration(setting: name, problem: problem)
        }
    }

    /// Runs `body` on a repository that is shut down before this returns, as is an embedded server.
    func withRepository<Value>(
        quiet: Bool, _ body: (RedisSessionRepository) async throws -> Value
    ) async throws -> Value {
        try await store.withRepository(quiet: quiet) { repository, _ in try await body(repository) }
    }
}

/// One Redis, one key prefix, and what signs refresh tokens there.
struct Store {
    let url: String
    let prefix: String
    var tokenKeys: RefreshTokenKeys?
    /// As in the configuration.
    var deployment: String?
    var policy = SessionPolicy()
    var logIn = LogIn.none
    /// As in the configuration.
    var addressMap: [String: String] = [:]
    /// The last word on how the repository is configured.
    var adjust: (inout RedisSessionRepositoryConfiguration) -> Void = { _ in }

    /// - Parameter quiet: whether the library's warnings stay off standard error.
    func withRepository<Value>(
        quiet: Bool, _ body: (RedisSessionRepository, _ url: String) async throws -> Value
    ) async throws -> Value {
        guard url == StoreOptions.embedded else { return try await withRepository(at: url, quiet: quiet, body) }
        let server = try await EmbeddedRedis.start()
        return try await run({ try await withRepository(at: server.url, quiet: quiet, body) }, finally: server.stop)
    }

    private func withRepository<Value>(
        at url: String, quiet: Bool, _ body: (RedisSessionRepository, String) async throws -> Value
    ) async throws -> Value {
        var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(url: url))
        if self.url != StoreOptions.embedded { try logIn.add(to: &configuration) }
        configuration.keyPrefix = prefix
        configuration.refreshTokenKeys = tokenKeys
        configuration.deployment = deployment
        configuration.authorizeAssurance = true
        configuration.policy = policy
        configuration.addressMap = addressMap
        configuration.clientName = "sessionctl"
        // A person waits, perhaps on a slow line: be more patient than a server would.
        configuration.connectTimeout = .seconds(3)
        configuration.commandTimeout = .seconds(3)
        adjust(&configuration)
        var logger = Logger(label: "sessionctl") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = quiet ? .critical : .warning
        let repository = try RedisSessionRepository(configuration: configuration, logger: logger)
        return try await run({ try await body(repository, url) }, finally: repository.shutdown)
    }
}

/// Runs `body`, then `end`, whatever became of `body`.
private func run<Value>(_ body: () async throws -> Value, finally end: () async -> Void) async throws -> Value {
    do {
        let value = try await body()
        await end()
        return value
    } catch {
        await end()
        throw error
    }
}
