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
    let refreshTokenKeys: BoundRefreshTokenKeys?
    let commandTimeout: Duration
    let authorizeCommand: AuthorizeCommand
    let logger: Logger
    let subscriptions = EventSubscriptions()
    let nearCache: NearCache?
    /// Whose word counts in it, where that is always the same server's.
    let nearSource: NearCacheSource?
    /// Sees the operations that ask Redis; there is none unless the configuration asks for it.
    let observer: OperationObserver?
    let totals: TotalsReport?
    let witness: StoreWitness
    let addresses: ClientAddresses
    package let keys: KeySpace

    /// Starts the connection's thread; Redis itself need not be there yet.
    /// - Throws: `invalidConfiguration`, naming the setting; `storeUnavailable` when the process has no thread or file
    ///   descriptor to spare.
    public init(
        configuration: RedisSessionRepositoryConfiguration,
        logger: Logger = Logger(label: "session-repository")
    ) throws(SessionRepositoryError) {
        try configuration.validate()
        keys = KeySpace(
            prefix: configuration.keyPrefix, database: configuration.server.database,
            isClustered: configuration.server.topology.isCluster)
        policy = configuration.policy
        refreshTokenKeys = configuration.refreshTokenKeys.map {
            BoundRefreshTokenKeys($0, keyPrefix: configuration.keyPrefix, deployment: configuration.deployment)
        }
        commandTimeout = configuration.commandTimeout
        authorizeCommand = AuthorizeCommand(
            keys: keys, attributes: configuration.authorizeAttributes, assurance: configuration.authorizeAssurance)
        self.logger = logger
        observer = OperationObserver(configuration.observability, server: configuration.server)
        totals = TotalsReport(configuration.observability)
        var settings = configuration.server.clientConfiguration
        configuration.addCredentials(to: &settings)
        settings.keyPrefix = configuration.keyPrefix
        settings.clientName = configuration.clientName
        settings.commandTimeout = configuration.commandTimeout
        settings.connectTimeout = configuration.connectTimeout
        settings.maximumQueuedCommands = configuration.maximumQueuedCommands
        settings.roleCheckInterval = configuration.roleCheck.interval
        settings.assumptions = configuration.assumptions
        settings.resolve = configuration.resolve
        settings.addressMap = try AddressMap(configuration.addressMap)
        settings.clusterRefreshInterval = configuration.clusterRefreshInterval
        settings.journal = configuration.revocationJournal.map {
            WriteJournal.Limits(
                maximumEntries: $0.maximumEntries, maximumBytes: $0.maximumBytes, maximumAge: $0.maximumAge)
        }
        let cache = configuration.nearCache.map(NearCache.init(policy:))
        nearCache = cache
        if let cache { settings.tracking = { [keys] in NearCacheServer(of: cache, keys: keys) } }
        do {
            client = try RedisClient(configuration: settings, logger: logger)
        } catch {
            throw SessionRepositoryError(error, key: "")
        }
        witness = StoreWitness(policy: configuration.policy, client: client, logger: logger)
        addresses = ClientAddresses(logger: logger)
        nearSource = (client.onlyListener as? NearCacheServer)?.source
    }

    /// Lives until the service group shuts down gracefully or the task is cancelled, then shuts down.
    public func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            if let totals {
                group.addTask {
                    while (try? await Task.sleep(for: totals.interval)) != nil { self.reportMetrics() }
                }
            }
            try? await gracefulShutdown()
            group.cancelAll()
        }
        await shutdown()
    }

    /// Lets running operations finish, for at most two seconds, and closes. Later operations throw `shutDown`.
    public func shutdown() async {
        await subscriptions.close()
        await client.shutdown()
        reportMetrics()
    }
}

// MARK: - How operations reach Redis

extension RedisSessionRepository {
    /// Sends one command about `key`.
    func execute<Value: Sendable>(
        _ command: RedisCommand, key: @autoclosure () -> String,
        decode: @escaping RedisDecoder<Value>
    ) async throws(SessionRepositoryError) -> Value {
        do {
            return try await client.execute(command, slot: HashSlot(key: key()), decode: decode)
        } catch {
            throw SessionRepositoryError(error, key: key())
        }
    }

    /// Runs one script about the first of its keys. A script that finds a record corrupt says so in place of its result.
    /// - Parameters:
    ///   - changing: sessions that it changes. They are forgotten before anything that the server says later is believed;
    ///     where there is no answer, that is left to the caller.
    ///   - journaling: what a server that may have lost it is to be told again; `nil` when nothing was revoked.
    /// Looks up a record, which names itself. A miss names nothing: it is asked again, sealed, before it is believed.
    func lookUp<Record: Sendable>(
        _ command: RedisCommand, key: String, decode: @escaping RedisDecoder<Result<Record?, RecordProblem>>
    ) async throws(SessionRepositoryError) -> Record? {
        var found = try await execute(command, key: key, decode: decode)
        if case .success(nil) = found { found = try await execute(command.sealed, key: key, decode: decode) }
        return try found.mapError(SessionRepositoryError.corrupt(key)).get()
    }

    func run<Value: Sendable>(
        _ call: ScriptCall, isIdempotent: Bool = true, lane: WriteJournal.Lane = .single,
        changing: NearCacheChange = .none,
        journaling: (@Sendable (Value) -> ScriptCall?)? = nil,
        decode: @escaping RedisDecoder<Value>
    ) async throws(SessionRepositoryError) -> Value {
        let result: Result<Value, SessionRepositoryError>
        do throws(RedisError) {
            result = try await client.run(
                call, isIdempotent: isIdempotent, lane: lane,
                proved: { [nearCache] _ in nearCache?.apply(changing) },
                journaling: { result in (try? result.get()).flatMap { journaling?($0) ?? nil } },
                decode: { reply throws(ReplyProblem) in
                    guard reply[0].string == "corrupt", let key = reply[1].string else {
                        return .success(try decode(reply))
                    }
                    return .failure(.corruptRecord(key: key, problem: reply[2].string ?? ""))
                })
        } catch {
            throw SessionRepositoryError(error, key: call.keys.first ?? "")
        }
        return try result.get()
    }

    func run<Value: Sendable>(
        _ script: RedisScript, keys: [String], arguments: [String], isIdempotent: Bool = true,
        changing: NearCacheChange = .none,
        journaling: (@Sendable (Value) -> ScriptCall?)? = nil,
        decode: @escaping RedisDecoder<Value>
    ) async throws(SessionRepositoryError) -> Value {
        try await run(
            ScriptCall(script, keys: keys, arguments: arguments), isIdempotent: isIdempotent, changing: changing,
            journaling: journaling, decode: decode)
    }

    /// Runs one script that answers with one word, which must be one of an enumeration's.
    func run<Word: RawRepresentable & Sendable>(
        _ call: ScriptCall, answering: Word.Type, changing: NearCacheChange = .none,
        journaling: (@Sendable (Word) -> ScriptCall?)? = nil
    ) async throws(SessionRepositoryError) -> Word where Word.RawValue == String {
        let answer = try await run(
            call, changing: changing, journaling: { (word: Word?) in word.flatMap { journaling?($0) ?? nil } },
            decode: { reply -> Word? in reply.string.flatMap { Word(rawValue: $0) } })
        guard let answer else { throw .unexpectedAnswer(about: call.keys.first ?? "") }
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
