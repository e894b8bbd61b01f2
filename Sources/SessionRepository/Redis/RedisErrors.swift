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
        case .unexpectedReply(let problem): self = .corruptRecord(key: key, problem: problem)
        case .server(let code, let message):
            let (code, message) = Self.insideScript(code: code, message: message)
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

    /// Redis before 7 wraps an error of a script's command, some even twice: `ERR Error running script (call to f_…):
    /// @user_script:1: @user_script: 1: -OOM command not allowed …`. The word that counts is inside.
    private static func insideScript(code: String, message: String) -> (String, String) {
        // What a script may not do on behalf of its user.
        if code == "ERR", message.hasPrefix("The user executing the script can't") { return ("NOPERM", message) }
        guard code == "ERR", message.hasPrefix("Error running script"),
            let marker = message.ranges(of: "@user_script:").last
        else { return (code, message) }
        let parts = message[marker.upperBound...].drop { !$0.isLetter }.split(separator: " ", maxSplits: 1)
        guard let inner = parts.first, inner.allSatisfy(\.isUppercase) else { return (code, message) }
        return (String(inner), parts.dropFirst().first.map(String.init) ?? "")
    }
}
