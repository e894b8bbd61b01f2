/// What an error says about its cause.
extension RedisError {
    /// The same error with the server that it is about, where the text does not name it already.
    func at(_ place: String) -> RedisError {
        func located(_ text: String) -> String {
            place.isEmpty || text.contains("(\(place)") ? text : "\(text) (\(place))"
        }
        return switch self {
        case .unavailable(let reason): .unavailable(reason: located(reason))
        case .server(let code, let message): .server(code: code, message: located(message))
        default: self
        }
    }

    /// Whether waiting does not help: the server refuses, or its name does not exist.
    var isRefusal: Bool {
        switch self {
        case .server, .unknownHost: true
        default: false
        }
    }

    /// Whether a server that says so did nothing, and may well do it a moment later without anybody's help.
    package var passesByItself: Bool {
        guard case .server(let code, let message) = self else { return false }
        let codes: Set = ["NOREPLICAS", "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN"]
        return codes.contains(Self.insideScript(code: code, message: message).code)
    }

    /// Why none of several servers could be used. A refusal says most. A name that does not exist is the reason only
    /// where no server is merely out of reach, which could come back.
    static func explanation(of failures: [RedisError]) -> RedisError? {
        func isServer(_ error: RedisError) -> Bool { if case .server = error { true } else { false } }
        return failures.first(where: isServer) ?? failures.first { !$0.isRefusal } ?? failures.first
    }

    /// What it says about a server that was asked where others are: a refusal, or why it has not told.
    func asAnswer(of place: String) -> RedisError {
        switch self {
        case .server, .unavailable, .unknownHost: advised.at(place)
        case .cancelled, .shutDown: self
        default: .unavailable(reason: damage ?? "no answer in time").at(place)
        }
    }

    /// A refusal that shows that the URL is for another kind of server says what to write instead.
    private var advised: RedisError {
        guard case .server("ERR", let message) = self else { return self }
        if message.contains("cluster support disabled") {
            return .server(
                code: "ERR",
                message:
                    "\(message): this server is no node of a Redis Cluster; write redis:// instead of redis+cluster://")
        }
        if message.hasPrefix("unknown command"), message.lowercased().contains("sentinel") {
            return .server(
                code: "ERR", message: "the server is no Sentinel: write redis:// instead of redis+sentinel://")
        }
        return self
    }
}
