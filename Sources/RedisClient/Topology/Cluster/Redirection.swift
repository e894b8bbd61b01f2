/// A cluster node's answer that somebody else has the key (Redis Cluster specification, "Redirection").
struct Redirection: Equatable {
    enum Kind: String {
        /// From now on.
        case moved = "MOVED"
        /// This once, and after ASKING: the slot is on its way.
        case ask = "ASK"
    }

    let kind: Kind
    let slot: HashSlot
    /// `nil` host: the same as that of the node that answered.
    let host: String?
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
        self.host = host.isEmpty || host == "?" ? nil : String(host)
        self.port = port
    }

    func endpoint(answeredBy node: RedisEndpoint) -> RedisEndpoint? {
        if let host { return .tcp(host: host, port: port) }
        guard case .tcp(let host, _) = node else { return nil }
        return .tcp(host: host, port: port)
    }
}
