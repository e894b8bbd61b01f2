/// Where a Redis server listens.
package enum RedisEndpoint: Hashable, Sendable, CustomStringConvertible {
    case tcp(host: String, port: UInt16)
    case unixSocket(path: String)

    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unixSocket(let path): path
        }
    }
}

/// What hiredis can be given without blocking: an address that needs no name service.
enum RedisAddress: Hashable, Sendable {
    /// `name` is what was looked up: what the server's certificate must be for.
    case numeric(host: String, port: UInt16, name: String)
    case unixSocket(path: String)

    /// Whether both lead to the same server, whatever name was looked up.
    func isSamePlace(as other: RedisAddress) -> Bool {
        switch (self, other) {
        case (.numeric(let host, let port, _), .numeric(let otherHost, let otherPort, _)):
            host == otherHost && port == otherPort
        default: self == other
        }
    }
}

extension RedisAddress: CustomStringConvertible {
    /// The endpoint that was looked up, and the address that came of it.
    var description: String {
        switch self {
        case .numeric(let host, let port, let name):
            "\(RedisEndpoint.tcp(host: name, port: port))" + (name == host ? "" : ", \(host)")
        case .unixSocket(let path): path
        }
    }
}
