/// What is said on a new connection before anything else.
enum Handshake {
    struct Step {
        let command: RedisCommand
        /// Whether the connection is useless if the server refuses this. A least-privilege user may well be denied
        /// CLIENT, and works without.
        let isEssential: Bool
        var question: Question?
        /// What it is called in an error. The server's words about AUTH, whose arguments are secret, are never repeated.
        var name: String

        init(
            command: RedisCommand, isEssential: Bool, question: Question? = nil,
            named name: String = Self.authentication
        ) {
            self.command = command
            self.isEssential = isEssential
            self.question = question
            self.name = name
        }

        static let authentication = "AUTH"
    }

    /// What a step wants to know of the server.
    enum Question {
        /// Whether it is a master.
        case role
        case identity
        /// The number by which it knows this connection.
        case client
    }

    static func steps(
        for configuration: RedisClientConfiguration, wantsMaster: Bool = false, wantsIdentity: Bool = false
    ) -> [Step] {
        var steps: [Step] = []
        if let password = configuration.password {
            steps.append(authentication(as: Credentials(username: configuration.username, password: password)))
        }
        if let name = configuration.clientName {
            steps.append(Step(command: RedisCommand("CLIENT", "SETNAME", name), isEssential: false))
        }
        if configuration.database != 0 {
            let number = String(configuration.database)
            steps.append(Step(command: RedisCommand("SELECT", number), isEssential: true, named: "SELECT \(number)"))
        }
        // After AUTH, so that a server that is still loading its data set shows it here.
        steps.append(Step(command: RedisCommand("PING"), isEssential: false))
        // Either is enough to tell a master; only INFO tells the identity.
        if wantsMaster || wantsIdentity {
            steps.append(Step(command: RedisCommand("INFO"), isEssential: false, question: .identity))
        }
        if wantsMaster { steps.append(Step(command: RedisCommand("ROLE"), isEssential: false, question: .role)) }
        if let subscription = configuration.subscription {
            // Once subscribed, a connection cannot ask.
            if subscription.wantsClient {
                steps.append(Step(command: RedisCommand("CLIENT", "ID"), isEssential: false, question: .client))
            }
            let channel = subscription.channel
            steps.append(
                Step(command: RedisCommand("SUBSCRIBE", channel), isEssential: true, named: "SUBSCRIBE \(channel)"))
        }
        return steps
    }

    /// The first step.
    static func authentication(as credentials: Credentials) -> Step {
        let words = ["AUTH", credentials.username, credentials.password.value].compactMap(\.self)
        return Step(command: RedisCommand(words), isEssential: true)
    }

    /// What a handshake ends with that found out nothing about the server's role.
    static let untoldRole = RedisError.unavailable(
        reason: "the server permits neither INFO nor ROLE, so it cannot show that it is a master; "
            + "permit one of them (+info, +role)")

    /// Why the server did not repeat a nonce.
    static func failure(ofNonce error: RedisError?, by name: NonceCommand.Name) -> RedisError {
        guard case .server(let code, let message) = error else {
            return .protocolFailure("the server did not repeat the handshake's nonce")
        }
        switch code {
        case "NOPERM":
            return .server(
                code: code, message: "the user needs the right to \(name.rawValue), which proves the replies")
        case "ERR" where message.hasPrefix("unknown command"):
            return .server(code: code, message: "the server does not know \(name.rawValue), which proves the replies")
        case "BUSY", "LOADING", "MASTERDOWN", "NOAUTH":
            return .unavailable(reason: "the server is not ready: \(code)")
        default:
            return .protocolFailure("an error came in the place of a nonce")
        }
    }

    /// `nil` when the connection can be used.
    static func failure(of step: Step, reply error: RedisError?) -> RedisError? {
        guard case .server(let code, let message) = error else { return nil }
        switch code {
        // The next two are said unasked, before the first step, to which they then seem to be the answer.
        case "ERR" where message.hasPrefix("max number of clients"):
            return .unavailable(reason: "the server has reached its maximum number of clients")
        case "DENIED":
            return .server(code: code, message: "the server is in protected mode")
        case "LOADING", "MASTERDOWN", "BUSY":
            return .unavailable(reason: "the server is not ready: \(code)")
        case "NOAUTH":
            return .server(code: code, message: "the server wants a password")
        default:
            return step.isEssential ? refusal(of: step, code: code, message: message) : nil
        }
    }
}
