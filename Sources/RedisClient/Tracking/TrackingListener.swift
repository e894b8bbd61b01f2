import Logging

/// The listening connection of a server whose changes are tracked, and the heartbeat by which it proves itself.
///
/// A connection that falls silent is given up at most `interval` plus `timeout` later: the next heartbeat starts within
/// `interval`, and fails after `timeout`.
final class TrackingListener: Sendable {
    private let connection: RedisConnection
    private let heartbeat: Task<Void, Never>

    /// From the start of one heartbeat to the start of the next.
    private static let interval = Duration.seconds(1)
    private static let timeout = Duration.seconds(1)

    init(
        for tracking: Tracking, configuration: RedisClientConfiguration, source: any AddressSource, logger: Logger
    ) throws(RedisError) {
        var settings = configuration
        settings.subscription = tracking.subscription
        // The connection goes when its heartbeat fails, not later.
        if !configuration.assumptions.contains(.listening) { settings.stallMargin = .zero }
        let connection = try RedisConnection(
            configuration: settings, source: source, asksIdentity: true, observer: tracking.listening, logger: logger)
        self.connection = connection
        heartbeat = Task {
            var start = MonotonicTime.now()
            while (try? await Task.sleep(for: (start + Self.interval).duration(since: .now()))) != nil {
                start = .now()
                tracking.handle(.time)
                await Self.beat(on: connection, since: start, tracking)
                tracking.handle(.retry)
            }
        }
    }

    /// Not idempotent: it is about the connection that it was sent on.
    private static func beat(on connection: RedisConnection, since start: MonotonicTime, _ tracking: Tracking) async {
        do throws(RedisError) {
            try await connection.execute(RedisCommand("PING"), isIdempotent: false, timeout: timeout) { _ in }
            tracking.handle(.heard(since: start))
        } catch .server(code: "MISCONF", _) {
            // An answer like any other: a server that cannot write its snapshot says so to each PING.
            tracking.handle(.heard(since: start))
        } catch {
            tracking.handle(.heartbeatFailed(since: start))
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
