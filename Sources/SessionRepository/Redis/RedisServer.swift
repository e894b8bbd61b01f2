import Foundation
package import RedisClient

/// Where Redis is, and how to log in there. Its description shows no password.
public struct RedisServer: Hashable, Sendable {
    package let topology: RedisTopology
    package var username: String?
    package var password: Secret?
    package let database: Int
    package var sentinelUsername: String?
    package var sentinelPassword: Secret?
    package var tls: TLSSettings?

    /// A server on TCP. The host may be a name or a numeric address.
    /// - Parameters:
    ///   - host: a name, resolved at each connection, or an IPv4 or IPv6 address.
    ///   - port: 1 to 65535.
    ///   - username: of Redis' ACL; `nil` for the user `default`.
    ///   - password: `nil` where the server wants none.
    ///   - database: its number.
    ///   - tls: how the connection is secured; `nil` for plain text.
    /// - Throws: `invalidConfiguration`, naming the part.
    public init(
        host: String, port: Int = 6379, username: String? = nil, password: String? = nil, database: Int = 0,
        tls: RedisTLS? = nil
    ) throws(SessionRepositoryError) {
        try self.init(
            try Self.endpoint(host: host, port: port), username: username, password: password, database: database,
            tls: try tls?.settings())
    }

    /// A server on a Unix socket of this machine.
    /// - Throws: `invalidConfiguration`, naming the part.
    public init(
        unixSocketPath path: String, username: String? = nil, password: String? = nil, database: Int = 0
    ) throws(SessionRepositoryError) {
        guard (1...103).contains(path.utf8.count), !path.utf8.contains(0) else {
            throw .invalidConfiguration(setting: "Redis socket path", problem: "it must have 1 to 103 bytes")
        }
        try self.init(.unixSocket(path: path), username: username, password: password, database: database)
    }

    /// Reads one of
    /// - `redis://[user:password@]host[:port][/database]`,
    /// - `rediss://…`, the same by TLS; what its query may be, `RedisTLS` says,
    /// - `redis+unix://[user:password@]/path[?db=number]`,
    /// - `redis+sentinel://[user:password@]host[:port],host[:port]…/master-name[?db=number]`, with
    ///   `sentinel-user=` and `sentinel-password=` for the sentinels' own log-in,
    /// - `redis+cluster://[user:password@]host[:port],host[:port]…`,
    /// - `rediss+sentinel://…` and `rediss+cluster://…`, the same by TLS.
    ///
    /// Special characters in user and password are percent-encoded.
    /// - Throws: `invalidConfiguration`; its text never repeats the URL, which may hold a password.
    public init(url: String) throws(SessionRepositoryError) {
        let list = ServerList(url: url)
        guard let parts = URLComponents(string: list?.remainder ?? url), let scheme = parts.scheme?.lowercased() else {
            throw Self.invalidURL("it does not parse; the form is redis://[user:password@]host:port/database")
        }
        let username = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        let password = parts.password.flatMap { $0.isEmpty ? nil : $0 }
        guard username == nil || password != nil else { throw Self.invalidURL("it has a user but no password") }
        guard parts.fragment == nil else { throw Self.invalidURL("it must not have a fragment") }
        switch scheme {
        case "redis", "rediss":
            let tls = scheme == "rediss" ? try RedisTLS(query: parts.queryItems ?? []) : nil
            guard tls != nil || parts.queryItems == nil else { throw Self.invalidURL("it must not have a query") }
            guard let host = parts.host, !host.isEmpty else { throw Self.invalidURL("it has no host") }
            try self.init(
                host: host.trimmingCharacters(in: CharacterSet(charactersIn: "[]")), port: parts.port ?? 6379,
                username: username, password: password, database: Self.database(parts.path.dropFirst()), tls: tls)
        case "redis+unix":
            guard parts.host ?? "" == "" else {
                throw Self.invalidURL("a socket path begins with a slash: redis+unix:///path")
            }
            let query = parts.queryItems ?? []
            guard query.allSatisfy({ $0.name == "db" }), query.count <= 1 else {
                throw Self.invalidURL("its query can only be db=number")
            }
            try self.init(
                unixSocketPath: parts.path, username: username, password: password,
                database: Self.database(query.first?.value ?? ""))
        case "redis+sentinel", "rediss+sentinel":
            try self.init(
                sentinels: list, parts, username: username, password: password, isSecure: scheme.hasPrefix("rediss"))
        case "redis+cluster", "rediss+cluster":
            try self.init(
                cluster: list, parts, username: username, password: password, isSecure: scheme.hasPrefix("rediss"))
        default:
            throw Self.invalidURL("its scheme must be redis, rediss, redis+unix, redis+sentinel or redis+cluster")
        }
    }

    private init(
        _ endpoint: RedisEndpoint, username: String?, password: String?, database: Int, tls: TLSSettings? = nil
    ) throws(SessionRepositoryError) {
        try self.init(
            topology: .server(endpoint), username: username, password: password, database: database, tls: tls)
    }

    init(
        topology: RedisTopology, username: String?, password: String?, database: Int, tls: TLSSettings? = nil
    ) throws(SessionRepositoryError) {
        guard (0...16_383).contains(database) else { throw Self.invalidDatabase }
        self.topology = topology
        self.username = username
        self.password = password.map(Secret.init)
        self.database = database
        self.tls = tls
    }

    static func database(_ text: some StringProtocol) throws(SessionRepositoryError) -> Int {
        guard !text.isEmpty else { return 0 }
        guard let number = Int(text) else { throw invalidDatabase }
        return number
    }

    static func invalidURL(_ problem: String) -> SessionRepositoryError {
        .invalidConfiguration(setting: "Redis URL", problem: problem)
    }

    private static var invalidDatabase: SessionRepositoryError {
        .invalidConfiguration(setting: "Redis database", problem: "it must be a number from 0")
    }
}

extension RedisServer: CustomStringConvertible {
    /// The address and the database, without user and password.
    public var description: String {
        database == 0 ? "\(topology)" : "\(topology)/\(database)"
    }
}
