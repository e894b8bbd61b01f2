import Logging

/// The listening connection of a server whose changes are tracked.
final class TrackingListener: Sendable {
    private let connection: RedisConnection
    private let heartbeat: Task<Void, Never>

    /// How often the server has to show that it is still there, and what has not come about is tried again.
    private static let interval = Duration.seconds(1)

    init(
        for tracking: Tracking, configuration: RedisClientConfiguration, source: any AddressSource, logger: Logger
    ) throws(RedisError) {
        var settings = configuration
        settings.subscription = tracking.subscription
        let connection = try RedisConnection(
            configuration: settings, source: source, asksIdentity: true, observer: tracking.listening, logger: logger)
        self.connection = connection
        heartbeat = Task {
            while (try? await Task.sleep(for: Self.interval)) != nil {
                // A connection that does not answer is closed and replaced; there is nothing else to do about it.
                try? await connection.execute(RedisCommand("PING")) { _ in }
                tracking.retry()
            }
        }
    }

    deinit {
        // The connection goes with it.
        heartbeat.cancel()
    }

    func shutdown() async {
        heartbeat.cancel()
        await connection.shutdown(drain: .zero)
    }
}
