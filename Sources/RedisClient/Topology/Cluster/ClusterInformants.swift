import Logging
import Synchronization

/// Connections to nodes that are asked about the cluster and for nothing else, such as replicas: kept, because a cluster in
/// trouble is asked several times a second.
final class ClusterInformants: Sendable {
    /// `nil` once it is shut down.
    private let connections = Mutex<[RedisEndpoint: RedisConnection]?>([:])
    private let configuration: RedisClientConfiguration
    private let logger: Logger

    init(configuration: RedisClientConfiguration, logger: Logger) {
        var configuration = configuration
        // CLIENT LIST shows which connections carry no commands.
        configuration.clientName = configuration.clientName.map { "\($0)-map" }
        self.configuration = configuration
        self.logger = logger
    }

    func connection(to endpoint: RedisEndpoint) throws(RedisError) -> RedisConnection {
        try connections.withLock { open throws(RedisError) in
            guard open != nil else { throw .shutDown }
            if let known = open?[endpoint] { return known }
            if let other = open?.keys.randomElement(), open?.count == Self.most {
                let surplus = open?.removeValue(forKey: other)
                Task { await surplus?.shutdown(drain: .zero) }
            }
            let made = try RedisConnection(
                configuration: configuration,
                source: EndpointSource(endpoint: endpoint, resolve: configuration.resolve),
                failsFast: true,
                logger: logger)
            open?[endpoint] = made
            return made
        }
    }

    /// A faulty node could name ever new ones.
    private static let most = 16

    /// Closes those to nodes that are not asked there any more.
    func keep(where isWanted: (RedisEndpoint) -> Bool) {
        let closing = connections.withLock { open -> [RedisConnection] in
            guard let all = open else { return [] }
            let wanted = all.filter { isWanted($0.key) }.prefix(Self.most)
            open = Dictionary(uniqueKeysWithValues: wanted.map { ($0.key, $0.value) })
            return all.filter { open?[$0.key] == nil }.map(\.value)
        }
        for connection in closing { Task { await connection.shutdown(drain: .zero) } }
    }

    func shutdown() async {
        let open = connections.withLock { $0.take() } ?? [:]
        await withTaskGroup(of: Void.self) { group in
            for connection in open.values { group.addTask { await connection.shutdown(drain: .zero) } }
        }
    }
}
