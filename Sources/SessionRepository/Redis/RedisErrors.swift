import RedisClient

extension SessionRepositoryError {
    /// What a failed command means to the caller. `key` is the record that it was about.
    init(_ error: RedisError, key: String) {
        switch error {
        case .unavailable(let reason): self = .storeUnavailable(reason: reason)
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
            case "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN":
                self = .storeUnavailable(reason: "the server answered \(code)")
            default: self = .storeRefused(code: code, message: message)
            }
        }
    }
}
