/// Where announced addresses are reached from here: cluster nodes and sentinels name servers by addresses that may lie
/// behind network address translation or published ports.
package struct AddressMap: Hashable, Sendable {
    private var servers: [RedisEndpoint: RedisEndpoint] = [:]
    private var hosts: [String: String] = [:]

    package init() {}

    package var isEmpty: Bool { servers.isEmpty && hosts.isEmpty }

    /// One server.
    package mutating func add(_ announced: RedisEndpoint, reachedAt reachable: RedisEndpoint) {
        servers[announced.lowercased] = reachable
    }

    /// Every port of a host; an entry for one of its servers goes first.
    package mutating func add(host announced: String, reachedAt reachable: String) {
        hosts[announced.lowercased()] = reachable
    }

    /// The address itself where there is no entry for it.
    package func reachable(_ announced: RedisEndpoint) -> RedisEndpoint {
        guard !isEmpty else { return announced }
        if let known = servers[announced.lowercased] { return known }
        guard case .tcp(let host, let port) = announced, let known = hosts[host.lowercased()] else { return announced }
        return .tcp(host: known, port: port)
    }
}

extension RedisEndpoint {
    /// Host names are compared without regard to case.
    fileprivate var lowercased: RedisEndpoint {
        guard case .tcp(let host, let port) = self else { return self }
        return .tcp(host: host.lowercased(), port: port)
    }
}
