import RedisClient

extension HealthCheck {
    /// Whether somebody on the way could read and change what is said.
    static func transport(to endpoint: RedisEndpoint, isEncrypted: Bool) -> HealthCheck {
        let (status, detail): (Status, String) =
            switch endpoint {
            case .unixSocket: (.ok, "a Unix socket")
            case .tcp where isEncrypted: (.ok, "TLS; the server's certificate and its name are verified")
            case .tcp where endpoint.isLocal: (.ok, "plain text, within this machine")
            case .tcp: (.warn, "plain text: whoever is on the way reads and changes it; use a rediss URL")
            }
        return HealthCheck(name: "transport", status: status, detail: detail)
    }
}

extension RedisEndpoint {
    /// Whether only this machine can reach it.
    var isLocal: Bool {
        switch self {
        case .unixSocket: true
        case .tcp(let host, _):
            host.lowercased() == "localhost" || host == "::1" || host.wholeMatch(of: /127\.\d+\.\d+\.\d+/) != nil
        }
    }
}
