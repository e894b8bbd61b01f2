extension Handshake {
    /// What the server refused, and why. Some servers repeat the arguments of a command in their answer: of AUTH, whose
    /// arguments are secret, only what the answer means is told.
    static func refusal(of step: Step, code: String, message: String) -> RedisError {
        let isSecret = step.name == Step.authentication
        let reason = isSecret ? reasonAgainstAuthentication(code: code, message: message) : String(message.prefix(256))
        return .server(code: code, message: "\(step.name) was refused: \(reason)")
    }

    private static func reasonAgainstAuthentication(code: String, message: String) -> String {
        switch code {
        case "WRONGPASS":
            "wrong user name or password, or the user is off"
        case "NOPERM":
            "the user may not authenticate (+auth)"
        case "ERR" where message.contains("without any password") || message.contains("no password is set"):
            "a password was given, but the server's default user has none; leave it out, or name a user"
        case "ERR" where message.hasPrefix("unknown command"):
            "the server does not know the command"
        default:
            "the server does not say why in words that may be repeated"
        }
    }

    /// A Sentinel that was taken for a server with data. It says so in INFO.
    static func failure(ofMode info: borrowing RedisReply) -> RedisError? {
        guard let text = info.string, ServerInfo.values(of: ["redis_mode"], in: text)["redis_mode"] == "sentinel" else {
            return nil
        }
        return .server(
            code: "SENTINEL",
            message: "the server is a Sentinel and keeps no sessions: write redis+sentinel://host:port/master-name "
                + "instead of redis://")
    }
}
