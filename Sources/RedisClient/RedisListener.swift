import Logging

/// A connection that listens to a channel, and does nothing else. It connects at once and reconnects by itself.
package final class RedisListener: Sendable {
    private let connection: RedisConnection

    fileprivate init(_ connection: RedisConnection) {
        self.connection = connection
    }

    /// Returns when the server has answered on this connection: everything published from then on is heard.
    package func ping() async throws(RedisError) {
        do {
            try await connection.execute(RedisCommand("PING")) { _ in }
        } catch .server(code: "MISCONF", _) {
            // An answer like any other: a server that cannot write its snapshot says so to each PING.
        }
    }

    package func shutdown() async {
        await connection.shutdown()
    }
}

extension RedisClient {
    /// In a cluster any node will do: what is published at one is told to all.
    package func listen(to subscription: RedisSubscription) throws(RedisError) -> RedisListener {
        var settings = configuration
        settings.subscription = subscription
        // A heartbeat that fails ends the connection, not some time later.
        settings.stallMargin = .zero
        let source: any AddressSource =
            switch servers {
            case .one(let node): node.source
            case .watched(_, let source, _): source
            case .cluster(let router):
                AnyEndpointSource(description: "\(configuration.topology)") { router.candidates }
            }
        return RedisListener(try RedisConnection(configuration: settings, source: source, logger: logger))
    }
}
