import Logging

/// A connection that listens to a channel, and does nothing else. It connects at once and reconnects by itself.
package final class RedisListener: Sendable {
    private let connection: RedisConnection
    private let follower: Task<Void, Never>?

    /// - Parameters:
    ///   - master: the connection of those who write, which shows again and again that its server is a master; `nil` in a
    ///     cluster.
    ///   - interval: how often it is looked at.
    fileprivate init(_ connection: RedisConnection, following master: RedisConnection? = nil, every interval: Duration?)
    {
        self.connection = connection
        follower = master.flatMap { master in
            interval.map { Self.follow(master, with: connection, every: $0) }
        }
    }

    /// A server that was a master goes on publishing what is written to it. Who listens there hears nothing of the new one.
    private static func follow(
        _ master: RedisConnection, with listener: RedisConnection, every interval: Duration
    ) -> Task<Void, Never> {
        Task { [weak listener] in
            while (try? await Task.sleep(for: interval)) != nil {
                // Behind it goes a role check, when one is due: a server that is none any more is left.
                try? await master.execute(RedisCommand("ECHO", "x")) { _ in }
                guard let listener else { return }
                if let current = master.identity, let heard = listener.identity, current.isElsewhere(than: heard) {
                    listener.relocate("the master has moved")
                }
            }
        }
    }

    deinit { follower?.cancel() }

    /// Returns when the server has answered on this connection: everything published from then on is heard.
    package func ping() async throws(RedisError) {
        do {
            try await ask()
        } catch .outcomeUnknown {
            // It changes nothing. The next attempt says what ended the connection.
            try await ask()
        }
    }

    private func ask() async throws(RedisError) {
        do {
            try await connection.execute(RedisCommand("PING")) { _ in }
        } catch .server(code: "MISCONF", _) {
            // An answer like any other: a server that cannot write its snapshot says so to each PING.
        }
    }

    package func shutdown() async {
        follower?.cancel()
        await connection.shutdown()
    }
}

extension RedisClient {
    /// In a cluster any node will do that the others know: what is published at one is told to all of them.
    package func listen(to subscription: RedisSubscription) throws(RedisError) -> RedisListener {
        var settings = configuration
        settings.subscription = subscription
        // A heartbeat that fails ends the connection, not some time later.
        settings.stallMargin = .zero
        func connect(to source: any AddressSource) throws(RedisError) -> RedisConnection {
            try RedisConnection(configuration: settings, source: source, asksIdentity: true, logger: logger)
        }
        switch servers {
        case .one(let node), .watched(let node, _, _):
            return RedisListener(
                try connect(to: node.source), following: node.connection, every: configuration.roleCheckInterval)
        case .cluster(let router):
            let connection = try connect(
                to: ClusterMemberSource(description: "\(configuration.topology)", router: router))
            router.freshness.add(connection)
            return RedisListener(connection, every: nil)
        }
    }
}
