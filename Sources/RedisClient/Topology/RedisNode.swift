import Logging

/// One server that takes writes: the connection that all share, and what tells how far its replicas are.
final class RedisNode: Sendable {
    let source: any AddressSource
    var place: String { source.description }
    let connection: RedisConnection
    let barrier: ReplicationBarrier
    /// Who is told of changes to what is read through `connection`.
    let changes: (any RedisChangeListener)?
    private let listener: TrackingListener?
    private let retry: JournalRetry?

    init(
        configuration: RedisClientConfiguration, source: any AddressSource, journal: WriteJournal?, failsFast: Bool,
        logger: Logger
    ) throws(RedisError) {
        self.source = source
        let tracking = configuration.tracking.map {
            Tracking(
                telling: $0(), timeout: configuration.commandTimeout,
                assumesListening: configuration.assumptions.contains(.listening), logger: logger)
        }
        changes = tracking?.listener
        let connection = try RedisConnection(
            configuration: configuration, source: source, journal: journal, asksIdentity: true,
            staysAtMaster: true, failsFast: failsFast,
            observer: configuration.connectionCounts.observer(before: tracking?.reading), logger: logger)
        self.connection = connection
        retry = journal.map {
            JournalRetry(
                of: $0, on: connection, timeout: configuration.commandTimeout, place: source.description,
                logger: logger)
        }
        barrier = ReplicationBarrier(of: connection, configuration: configuration, source: source, logger: logger)
        listener = try tracking.map { tracking throws(RedisError) in
            try TrackingListener(for: tracking, configuration: configuration, source: source, logger: logger)
        }
    }

    func shutdown() async {
        retry?.stop()
        async let barrier: Void = barrier.shutdown()
        async let listener: Void? = listener?.shutdown()
        await connection.shutdown()
        _ = await (barrier, listener)
    }
}
