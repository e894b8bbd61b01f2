/// How many servers there are, and how one finds the one that has a key.
package enum RedisTopology: Hashable, Sendable {
    case server(RedisEndpoint)
    /// The master of that name, wherever any of the sentinels says that it is.
    case sentinel([RedisEndpoint], master: String)
    /// Redis Cluster; the endpoints are where to ask first.
    case cluster([RedisEndpoint])
}

extension RedisTopology {
    package var isCluster: Bool {
        if case .cluster = self { true } else { false }
    }

    /// Where to connect to first.
    package var endpoints: [RedisEndpoint] {
        switch self {
        case .server(let endpoint): [endpoint]
        case .sentinel(let endpoints, _), .cluster(let endpoints): endpoints
        }
    }
}

extension RedisTopology: CustomStringConvertible {
    package var description: String {
        switch self {
        case .server(let endpoint): "\(endpoint)"
        case .sentinel(let endpoints, let master): Self.list(endpoints) + "/" + master
        case .cluster(let endpoints): Self.list(endpoints)
        }
    }

    private static func list(_ endpoints: [RedisEndpoint]) -> String {
        endpoints.map(\.description).joined(separator: ",")
    }
}
