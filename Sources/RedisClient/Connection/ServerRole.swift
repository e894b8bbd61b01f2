/// What a server says of itself when it is asked whether it is a master.
struct ServerRole: Equatable {
    /// By which command a server is asked.
    enum Question: Equatable {
        case info
        /// Where INFO is not permitted.
        case role

        var command: RedisCommand {
            switch self {
            case .info: RedisCommand("INFO", "replication")
            case .role: RedisCommand("ROLE")
            }
        }
    }

    let isMaster: Bool
    /// The history of writes that it is at; `nil` when it does not tell.
    let replicationID: String?

    /// `nil` when the reply does not tell.
    init?(_ reply: borrowing RedisReply, to question: Question) {
        switch question {
        case .info:
            guard let info = reply.string else { return nil }
            let values = ServerInfo.values(of: ["role", "master_replid"], in: info)
            guard let role = values["role"] else { return nil }
            isMaster = role == "master"
            replicationID = values["master_replid"].map(String.init)
        case .role:
            guard let role = reply[0].string else { return nil }
            isMaster = role == "master"
            replicationID = nil
        }
    }

    /// Why a server that answered so must not be asked any more, if it was `identity` at the log-in.
    static func problem(
        _ reply: borrowing RedisReply, to question: Question, at identity: ServerIdentity?
    ) -> RedisError? {
        if case .server(let code, _) = reply.error {
            return .unavailable(reason: "the server does not say any more whether it is a master: \(code)")
        }
        guard let role = ServerRole(reply, to: question) else {
            return .protocolFailure("the answer about the server's role has an unknown form")
        }
        guard role.isMaster else { return .unavailable(reason: "the server is not a master any more") }
        if let now = role.replicationID, let before = identity?.replicationID, now != before {
            return .unavailable(reason: "the server has begun another history of writes")
        }
        return nil
    }
}
