import Foundation
package import RedisClient

extension RedisServer {
    /// The master of that name, found through the sentinels that watch it, and followed when it moves.
    /// - Parameters:
    ///   - sentinels: host and port of each; the usual port is 26379. Name all of them.
    ///   - masterName: what the sentinels call it.
    ///   - username: of Redis' ACL; `nil` for the user `default`.
    ///   - password: for the servers; `nil` where they want none.
    ///   - database: its number.
    ///   - sentinelUsername: for the sentinels themselves.
    ///   - sentinelPassword: for the sentinels themselves; `nil` where they want none.
    ///   - tls: how the connections to servers and sentinels are secured; `nil` for plain text.
    /// - Throws: `invalidConfiguration`, naming the part.
    public init(
        sentinels: [(host: String, port: Int)], masterName: String, username: String? = nil, password: String? = nil,
        database: Int = 0, sentinelUsername: String? = nil, sentinelPassword: String? = nil, tls: RedisTLS? = nil
    ) throws(SessionRepositoryError) {
        guard !masterName.isEmpty, masterName.utf8.count <= 256, !masterName.contains(where: \.isWhitespace) else {
            throw .invalidConfiguration(setting: "Redis master name", problem: "it must be the name sentinels know")
        }
        try self.init(
            topology: .sentinel(Self.endpoints(sentinels), master: masterName), username: username, password: password,
            database: database, tls: try tls?.settings())
        self.sentinelUsername = sentinelUsername
        self.sentinelPassword = sentinelPassword.map(Secret.init)
    }

    /// A Redis Cluster, found through any of these nodes. Its only database is 0.
    /// - Throws: `invalidConfiguration`, naming the part.
    public init(
        cluster nodes: [(host: String, port: Int)], username: String? = nil, password: String? = nil,
        tls: RedisTLS? = nil
    ) throws(SessionRepositoryError) {
        try self.init(
            topology: .cluster(Self.endpoints(nodes)), username: username, password: password, database: 0,
            tls: try tls?.settings())
    }

    static func endpoint(host: String, port: Int) throws(SessionRepositoryError) -> RedisEndpoint {
        guard let number = UInt16(exactly: port), number > 0 else {
            throw .invalidConfiguration(setting: "Redis port", problem: "it must be 1 to 65535")
        }
        guard (1...253).contains(host.utf8.count), !host.utf8.contains(where: { $0 <= 32 || $0 == 127 }) else {
            throw .invalidConfiguration(setting: "Redis host", problem: "it must be a host name or an IP address")
        }
        return .tcp(host: host, port: number)
    }

    private static func endpoints(
        _ list: [(host: String, port: Int)]
    ) throws(SessionRepositoryError) -> [RedisEndpoint] {
        guard (1...100).contains(list.count) else {
            throw .invalidConfiguration(setting: "Redis hosts", problem: "name 1 to 100")
        }
        var endpoints: [RedisEndpoint] = []
        for (host, port) in list {
            let endpoint = try endpoint(host: host, port: port)
            if !endpoints.contains(endpoint) { endpoints.append(endpoint) }
        }
        return endpoints
    }

    /// The endpoint where there is only one.
    package var endpoint: RedisEndpoint? {
        if case .server(let endpoint) = topology { endpoint } else { nil }
    }

    /// What a client needs to go there.
    package var clientConfiguration: RedisClientConfiguration {
        var configuration = RedisClientConfiguration(topology: topology)
        configuration.username = username
        configuration.password = password
        configuration.database = database
        configuration.tls = tls
        configuration.sentinelUsername = sentinelUsername
        configuration.sentinelPassword = sentinelPassword
        return configuration
    }
}

// MARK: - URLs with several hosts

extension RedisServer {
    init(
        sentinels list: ServerList?, _ parts: URLComponents, username: String?, password: String?, isSecure: Bool
    ) throws(SessionRepositoryError) {
        guard let list else { throw Self.invalidURL("it has no host") }
        let (query, tls) = try Self.query(
            parts, allowed: ["db", "sentinel-user", "sentinel-password"], isSecure: isSecure)
        guard query["sentinel-user"] == nil || query["sentinel-password"] != nil else {
            throw Self.invalidURL("it has a user for the sentinels but no password")
        }
        try self.init(
            sentinels: try list.endpoints(defaultPort: 26_379), masterName: String(parts.path.dropFirst()),
            username: username, password: password, database: Self.database(query["db"] ?? ""),
            sentinelUsername: query["sentinel-user"], sentinelPassword: query["sentinel-password"], tls: tls)
    }

    init(
        cluster list: ServerList?, _ parts: URLComponents, username: String?, password: String?, isSecure: Bool
    ) throws(SessionRepositoryError) {
        guard let list else { throw Self.invalidURL("it has no host") }
        let (_, tls) = try Self.query(parts, allowed: [], isSecure: isSecure)
        guard ["", "/", "/0"].contains(parts.path) else {
            throw Self.invalidURL("a cluster has no database but 0")
        }
        try self.init(
            cluster: try list.endpoints(defaultPort: 6379), username: username, password: password, tls: tls)
    }

    /// What is ours of the query; the rest is about TLS, where there is any.
    private static func query(
        _ parts: URLComponents, allowed: Set<String>, isSecure: Bool
    ) throws(SessionRepositoryError) -> ([String: String], RedisTLS?) {
        var query: [String: String] = [:]
        var others: [URLQueryItem] = []
        for item in parts.queryItems ?? [] {
            if isSecure, !allowed.contains(item.name) {
                others.append(item)
                continue
            }
            guard allowed.contains(item.name), query[item.name] == nil, let value = item.value, !value.isEmpty else {
                let names = allowed.isEmpty ? "nothing" : allowed.sorted().joined(separator: ", ")
                throw invalidURL("its query can only be, once each: \(names)")
            }
            query[item.name] = value
        }
        return (query, isSecure ? try RedisTLS(query: others) : nil)
    }
}
