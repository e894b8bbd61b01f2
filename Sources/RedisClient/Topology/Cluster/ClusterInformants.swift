import Logging
import Synchronization

/// Connections to nodes that are asked about the cluster and for nothing else, such as replicas: kept, because a cluster in
/// trouble is asked several times a second.
final class ClusterInformants: Sendable {
    private struct Informant {
        let connection: RedisConnection
        /// How many questions it has not answered.
        var questions = 0
    }

    /// `nil` once it is shut down.
    private let informants = Mutex<[RedisEndpoint: Informant]?>([:])
    private let configuration: RedisClientConfiguration
    private let logger: Logger

    init(configuration: RedisClientConfiguration, logger: Logger) {
        var configuration = configuration
        // CLIENT LIST shows which connections carry no commands.
        configuration.clientName = configuration.clientName.map { "\($0)-map" }
        self.configuration = configuration
        self.logger = logger
    }

    /// Asks on the connection to a node, which is made if there is none.
    func ask<Answer: Sendable>(
        _ endpoint: RedisEndpoint, _ question: (RedisConnection) async -> Answer
    ) async throws(RedisError) -> Answer {
        let connection = try begin(endpoint)
        defer { end(endpoint, connection) }
        return await question(connection)
    }

    private func begin(_ endpoint: RedisEndpoint) throws(RedisError) -> RedisConnection {
        try informants.withLock { all throws(RedisError) in
            guard all != nil else { throw .shutDown }
            let known = all?[endpoint]?.connection
            let connection =
                if let known { known } else {
                    try RedisConnection(
                        configuration: configuration,
                        source: EndpointSource(endpoint: endpoint, resolve: configuration.resolve),
                        failsFast: true,
                        logger: logger)
                }
            all?[endpoint, default: Informant(connection: connection)].questions += 1
            return connection
        }
    }

    /// Too many are there when nodes name ever new ones. Those that are being asked stay: any of them may be the only one
    /// that answers.
    private func end(_ endpoint: RedisEndpoint, _ connection: RedisConnection) {
        let surplus = informants.withLock { all -> RedisConnection? in
            guard all?[endpoint]?.connection === connection else { return nil }
            all?[endpoint]?.questions -= 1
            guard let count = all?.count, count > Self.most else { return nil }
            let idle = all?.filter { $0.value.questions == 0 }.keys.randomElement()
            return idle.flatMap { all?.removeValue(forKey: $0)?.connection }
        }
        if let surplus { Task { await surplus.shutdown(drain: .zero) } }
    }

    private static let most = 16

    /// Closes those to nodes that are not asked there any more.
    func keep(where isWanted: (RedisEndpoint) -> Bool) {
        let closing = informants.withLock { all -> [RedisConnection] in
            let before = all ?? [:]
            all = all?.filter { isWanted($0.key) }
            return before.filter { all?[$0.key] == nil }.map(\.value.connection)
        }
        for connection in closing { Task { await connection.shutdown(drain: .zero) } }
    }

    func shutdown() async {
        let open = informants.withLock { $0.take() } ?? [:]
        await withTaskGroup(of: Void.self) { group in
            for informant in open.values { group.addTask { await informant.connection.shutdown(drain: .zero) } }
        }
    }
}
