import Synchronization

extension RedisClient {
    /// Commands that wait, are sent, or were given up but still have their place in the order of replies.
    package var queueDepth: Int {
        switch servers {
        case .one(let node), .watched(let node, _, _): node.connection.queueDepth
        case .cluster(let router):
            router.existingNodes.reduce(0) { $0 + $1.connection.queueDepth }
        }
    }

    /// Of the connections that carry commands.
    package var connectionCounts: ConnectionCounts { configuration.connectionCounts }
}
