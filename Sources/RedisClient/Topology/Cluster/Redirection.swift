/// A cluster node's answer that somebody else has the key (Redis Cluster specification, "Redirection").
struct Redirection: Equatable {
    enum Kind: String {
        /// From now on.
        case moved = "MOVED"
        /// This once, and after ASKING: the slot is on its way.
        case ask = "ASK"
    }

    enum Host: Equatable {
        case named(String)
        /// The same as that of the node that answered.
        case ofAnswer
        /// The node has no name, and names are what the cluster prefers.
        case unknown
    }

    let kind: Kind
    let slot: HashSlot
    let host: Host
    let port: UInt16

    /// `nil` for any other error.
    init?(_ error: RedisError) {
        guard case .server(let code, let message) = error, let kind = Kind(rawValue: code) else { return nil }
        let parts = message.split(separator: " ")
        guard parts.count >= 2, let slot = Int(parts[0]).flatMap(HashSlot.init),
            let colon = parts[1].lastIndex(of: ":"),
            let port = UInt16(parts[1][parts[1].index(after: colon)...]), port > 0
        else { return nil }
        self.kind = kind
        self.slot = slot
        let host = parts[1][..<colon]
        self.host = host.isEmpty ? .ofAnswer : host == "?" ? .unknown : .named(String(host))
        self.port = port
    }

    /// `nil` where that cannot be told.
    func endpoint(answeredBy node: RedisEndpoint, addressMap: AddressMap = AddressMap()) -> RedisEndpoint? {
        switch (host, node) {
        case (.named(let host), _): addressMap.reachable(.tcp(host: host, port: port))
        case (.ofAnswer, .tcp(let host, _)): .tcp(host: host, port: port)
        default: nil
        }
    }
}
