import Logging

/// One server that takes writes: the connection that all share, and what tells how far its replicas are.
final class RedisNode: Sendable {
    let source: any AddressSource
    var place: String { source.description }
    let connection: RedisConnection
    let barrier: ReplicationBarrier

    init(
        configuration: RedisClientConfiguration, source: any AddressSource, journal: WriteJournal?, failsFast: Bool,
        logger: Logger
    ) throws(RedisError) {
        self.source = source
        let connection = try RedisConnection(
            configuration: configuration, source: source, journal: journal, asksIdentity: true, failsFast: failsFast,
            logger: logger)
        self.connection = connection
        barrier = ReplicationBarrier(of: connection, configuration: configuration, source: source, logger: logger)
    }

    func shutdown() async {
        async let barrier: Void = barrier.shutdown()
        await connection.shutdown()
        await barrier
    }
}
