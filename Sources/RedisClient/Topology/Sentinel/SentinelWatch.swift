import Logging

/// Sees to it that a connection follows the master: by what the sentinels publish, and, because a message can be lost,
/// by asking them again and again.
final class SentinelWatch: Sendable {
    private let listening: RedisConnection
    private let task: Task<Void, Never>

    /// How often the sentinels are asked.
    private static let interval = Duration.seconds(2)

    init(
        of connection: RedisConnection, source: SentinelSource, configuration: RedisClientConfiguration, logger: Logger
    ) throws(RedisError) {
        let (looks, look) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        var settings = configuration.forSentinels
        settings.subscription = RedisSubscription(channel: "+switch-master") { _ in look.yield() }
        let sentinels = source.sentinels
        listening = try RedisConnection(
            configuration: settings,
            source: AnyEndpointSource(description: source.description) { sentinels }, logger: logger)
        task = Task {
            let ticks = Task {
                // A thousand clients must not ask in step.
                while (try? await Task.sleep(for: Self.interval * Double.random(in: 0.75...1.25))) != nil {
                    look.yield()
                }
            }
            for await _ in looks {
                guard let master = try? await source.master() else { continue }
                guard let addresses = AddressResolver.immediate(master) else {
                    AddressResolver.onOwnThread([master]) { Self.move(connection, to: $0) }
                    continue
                }
                Self.move(connection, to: .success(addresses))
            }
            ticks.cancel()
        }
    }

    private static func move(_ connection: RedisConnection, to addresses: Result<[RedisAddress], RedisError>) {
        guard let addresses = try? addresses.get() else { return }
        connection.relocate(unlessAtOneOf: addresses, "the master has moved")
    }

    deinit {
        task.cancel()
    }

    func shutdown() async {
        task.cancel()
        await listening.shutdown(drain: .zero)
    }
}
