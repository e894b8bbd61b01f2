public import Logging
import RedisClient
public import ServiceLifecycle

/// Sessions, refresh-token chains and support-access grants in Redis.
///
/// Make one per process and share it: all tasks use one connection, and what they ask at the same time travels
/// together. It connects with the first operation and reconnects by itself. Run it as a service, or call `shutdown`.
///
/// ```swift
/// let server = try RedisServer(url: "redis://127.0.0.1:6379")
/// let sessions = try RedisSessionRepository(configuration: .init(server: server))
/// ```
public final class RedisSessionRepository: SessionRepository, Service {
    let client: RedisClient
    let policy: SessionPolicy
    let refreshTokenKeys: RefreshTokenKeys?
    let commandTimeout: Duration
    let authorizeAttributes: [String]
    let authorizeCommand: AuthorizeCommand
    let logger: Logger
    let settings: RedisClientConfiguration
    let subscriptions = EventSubscriptions()
    package let keys: KeySpace

    /// Starts the connection's thread; Redis itself need not be there yet.
    /// - Throws: `invalidConfiguration`, naming the setting; `storeUnavailable` when the process has no thread or file
    ///   descriptor to spare.
    public init(
        configuration: RedisSessionRepositoryConfiguration,
        logger: Logger = Logger(label: "session-repository")
    ) throws(SessionRepositoryError) {
        try configuration.validate()
        keys = KeySpace(prefix: configuration.keyPrefix)
        policy = configuration.policy
        refreshTokenKeys = configuration.refreshTokenKeys
        commandTimeout = configuration.commandTimeout
        authorizeAttributes = configuration.authorizeAttributes
        authorizeCommand = AuthorizeCommand(keys: keys, attributes: configuration.authorizeAttributes)
        self.logger = logger
        var settings = RedisClientConfiguration(endpoint: configuration.server.endpoint)
        settings.username = configuration.server.username
        settings.password = configuration.server.password
        settings.database = configuration.server.database
        settings.tls = configuration.server.tls
        settings.clientName = configuration.clientName
        settings.commandTimeout = configuration.commandTimeout
        settings.connectTimeout = configuration.connectTimeout
        settings.maximumQueuedCommands = configuration.maximumQueuedCommands
        self.settings = settings
        do {
            client = try RedisClient(configuration: settings, logger: logger)
        } catch {
            throw SessionRepositoryError(error, key: "")
        }
    }

    /// Lives until the service group shuts down gracefully or the task is cancelled, then shuts down.
    public func run() async throws {
        try? await gracefulShutdown()
        await shutdown()
    }

    /// Lets running operations finish, for at most two seconds, and closes. Later operations throw `shutDown`.
    public func shutdown() async {
        await subscriptions.close()
        await client.shutdown()
    }
}

// MARK: - How operations reach Redis

extension RedisSessionRepository {
    /// Sends one command about `key`.
    func execute<Value: Sendable>(
        _ command: RedisCommand, key: @autoclosure () -> String,
        decode: @escaping @Sendable (borrowing RedisReply) -> Value
    ) async throws(SessionRepositoryError) -> Value {
        do {
            return try await client.execute(command, decode: decode)
        } catch {
            throw SessionRepositoryError(error, key: key())
        }
    }

    /// Runs one script about the first of `keys`. A script that finds a record corrupt says so in place of its result.
    func run<Value: Sendable>(
        _ script: RedisScript, keys: [String], arguments: [String], isIdempotent: Bool = true,
        decode: @escaping @Sendable (borrowing RedisReply) -> Value
    ) async throws(SessionRepositoryError) -> Value {
        let result: Result<Value, SessionRepositoryError>
        do {
            result = try await client.run(
                script, keys: keys, arguments: arguments, isIdempotent: isIdempotent
            ) { reply in
                guard reply[0].string == "corrupt", let key = reply[1].string else { return .success(decode(reply)) }
                return .failure(.corruptRecord(key: key, problem: reply[2].string ?? ""))
            }
        } catch {
            throw SessionRepositoryError(error, key: keys.first ?? "")
        }
        return try result.get()
    }

    /// Runs one script that answers with one word, which must be one of an enumeration's.
    func run<Word: RawRepresentable & Sendable>(
        _ script: RedisScript, keys: [String], arguments: [String], answering: Word.Type
    ) async throws(SessionRepositoryError) -> Word where Word.RawValue == String {
        let word = try await run(script, keys: keys, arguments: arguments) { $0.string }
        guard let word, let answer = Word(rawValue: word) else {
            throw .unexpectedAnswer(about: keys.first ?? "")
        }
        return answer
    }
}

extension SessionRepositoryError {
    /// Something other than our script or another kind of server answered.
    static func unexpectedAnswer(about key: String) -> SessionRepositoryError {
        .storeRefused(code: "UNEXPECTED", message: "the server's answer about \(key) has an unknown form")
    }

    static func corrupt(_ key: String) -> (RecordProblem) -> SessionRepositoryError {
        { .corruptRecord(key: key, problem: $0.text) }
    }
}
