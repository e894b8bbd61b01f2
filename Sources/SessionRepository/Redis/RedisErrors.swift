import RedisClient

extension SessionRepositoryError {
    /// What a failed command means to the caller. `key` is the record that it was about.
    init(_ error: RedisError, key: String) {
        switch error {
        case .unavailable(let reason), .unknownHost(let reason): self = .storeUnavailable(reason: reason)
        case .timedOut, .outcomeUnknown: self = .timedOut
        case .overloaded: self = .overloaded
        case .cancelled: self = .cancelled
        case .shutDown: self = .shutDown
        case .unexpectedReply(let problem), .protocolFailure(let problem): self = .protocolFailure(reason: problem)
        case .foreignAnswer(let problem): self = .corruptRecord(key: key, problem: problem)
        case .server(let code, let message):
            let (code, message) = RedisError.insideScript(code: code, message: message)
            switch code {
            case "OOM": self = .storeFull
            case "WRONGTYPE": self = .corruptRecord(key: key, problem: "it has the wrong type")
            case "READONLY": self = .storeUnavailable(reason: "the server has become a read-only replica")
            case "MOVED", "ASK": self = .storeRefused(code: code, message: Self.advice(onRedirection: message))
            default:
                guard let reason = Self.reasonsToWait[code] else {
                    self = .storeRefused(code: code, message: message)
                    return
                }
                self = .storeUnavailable(reason: "the server answered \(code): \(reason)")
            }
        }
    }

    /// Why a server does not take a command for a while.
    private static let reasonsToWait = [
        "LOADING": "it is reading its data after a start",
        "BUSY": "another program's script is running and does not end",
        "MASTERDOWN": "it is a replica that has lost its master",
        "CLUSTERDOWN": "the cluster does not serve all slots, or this node has lost the others",
        "TRYAGAIN": "the slot is on its way to another node",
        "NOREPLICAS": "fewer replicas keep up than min-replicas-to-write wants, so it takes no writes",
        "MISCONF":
            "it cannot write its snapshot or its append-only file, so it takes no writes; see its disk and its log",
    ]

    /// A cluster's client follows a redirection. This one was told that there is one server.
    private static func advice(onRedirection message: String) -> String {
        let place = message.split(separator: " ").last.map(String.init) ?? ""
        // A node without a name, or whose name is not known.
        let isUnknown = place.hasPrefix(":") || place.hasPrefix("?") || !place.contains(":")
        let url = "redis+cluster://\(isUnknown ? "host:port" : place)"
        return "the server is a node of a Redis Cluster: write \(url) instead of redis://"
    }
}
