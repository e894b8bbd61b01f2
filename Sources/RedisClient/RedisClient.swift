package import Logging

/// Redis, be it one server, a master that sentinels watch, or a cluster.
///
/// Usable from the moment it is made; it connects when the first command comes and reconnects by itself. Call
/// `shutdown` when done.
package final class RedisClient: Sendable {
    enum Servers {
        case one(RedisNode)
        case watched(RedisNode, SentinelSource, SentinelWatch)
        case cluster(ClusterRouter)
    }

    package let configuration: RedisClientConfiguration
    let logger: Logger
    let servers: Servers
    package let journal: WriteJournal?
    private let confirmer: JournalConfirmer?

    /// - Throws: `unavailable` when the system has no thread or file descriptor to give.
    package init(configuration: RedisClientConfiguration, logger: Logger) throws(RedisError) {
        var configuration = configuration
        configuration.connectionCounts = ConnectionCounts()
        configuration.failingConnections = FailingConnections()
        self.configuration = configuration
        self.logger = logger
        let journal = configuration.journal.map(WriteJournal.init(limits:))
        self.journal = journal
        let servers = try Self.servers(configuration, journal: journal, logger: logger)
        self.servers = servers
        confirmer = journal.map { JournalConfirmer(journal: $0, servers: servers) }
    }

    private static func servers(
        _ configuration: RedisClientConfiguration, journal: WriteJournal?, logger: Logger
    ) throws(RedisError) -> Servers {
        func node(_ source: any AddressSource) throws(RedisError) -> RedisNode {
            try RedisNode(
                configuration: configuration, source: source, journal: journal, failsFast: false, logger: logger)
        }
        switch configuration.topology {
        case .server(let endpoint):
            return .one(try node(EndpointSource(endpoint: endpoint, resolve: configuration.resolve)))
        case .sentinel(let sentinels, let masterName):
            let source = SentinelSource(
                sentinels: sentinels, masterName: masterName, configuration: configuration, logger: logger)
            let master = try node(source)
            let watch = try SentinelWatch(
                of: master.connection, source: source, configuration: configuration, logger: logger)
            return .watched(master, source, watch)
        case .cluster(let seeds):
            return .cluster(
                ClusterRouter(seeds: seeds, configuration: configuration, journal: journal, logger: logger))
        }
    }

    deinit {
        confirmer?.stop()
    }

    /// The connection that everything goes through; `nil` in a cluster.
    package var onlyConnection: RedisConnection? {
        switch servers {
        case .one(let node), .watched(let node, _, _): node.connection
        case .cluster: nil
        }
    }

    /// Who is told of changes to everything that is read; `nil` in a cluster, and where nothing is tracked.
    package var onlyListener: (any RedisChangeListener)? {
        switch servers {
        case .one(let node), .watched(let node, _, _): node.changes
        case .cluster: nil
        }
    }

    /// Sends one command and decodes its reply.
    ///
    /// A cancelled or timed-out command frees its caller at once, though the server may still carry it out.
    /// - Parameters:
    ///   - slot: where its keys lie; `nil` for what any master can answer. Not asked for where there is one server.
    ///   - isIdempotent: whether it may be sent again when the connection broke after it was sent.
    ///   - timeout: from now to the reply; `nil` takes the configuration's.
    ///   - proved: acts upon what `decode` made, once the reply is proved to answer this command; on an event loop's thread,
    ///     before the caller goes on, and also when the caller has gone.
    package func execute<Value: Sendable>(
        _ command: RedisCommand,
        slot: @autoclosure () -> HashSlot? = nil,
        isIdempotent: Bool = true,
        timeout: Duration? = nil,
        proved: (@Sendable (Value) -> Void)? = nil,
        decode: @escaping RedisDecoder<Value>
    ) async throws(RedisError) -> Value {
        switch servers {
        case .one(let node), .watched(let node, _, _):
            try await node.connection.execute(
                command, isIdempotent: isIdempotent, timeout: timeout, proved: proved, decode: decode)
        case .cluster(let router):
            try await router.execute(
                command, slot: slot(), isIdempotent: isIdempotent, timeout: timeout ?? configuration.commandTimeout,
                proved: proved, decode: decode)
        }
    }

    /// Waits for what is on its way, at most `drainTimeout`, then closes. Everything later throws `shutDown`.
    package func shutdown() async {
        confirmer?.stop()
        switch servers {
        case .one(let node):
            await node.shutdown()
        case .watched(let node, let source, let watch):
            async let watching: Void = watch.shutdown()
            async let looking: Void = source.shutdown()
            await node.shutdown()
            _ = await (watching, looking)
        case .cluster(let router):
            await router.shutdown()
        }
    }
}
