import Testing

@testable import RedisClient

@Suite("The log-in")
struct HandshakeTests {
    private func configuration() -> RedisClientConfiguration {
        RedisClientConfiguration(endpoint: .unixSocket(path: "/redis"))
    }

    private func commands(_ configuration: RedisClientConfiguration) -> [[UInt8]] {
        Handshake.steps(for: configuration).map(\.command.bytes)
    }

    @Test("is a mere PING where nothing is configured")
    func minimal() {
        #expect(commands(configuration()) == [RedisCommand("PING").bytes])
    }

    @Test("is AUTH, CLIENT SETNAME, SELECT and PING, in this order")
    func complete() {
        var configuration = configuration()
        configuration.username = "app"
        configuration.password = Secret("hunter2")
        configuration.clientName = "web"
        configuration.database = 3
        #expect(
            commands(configuration) == [
                RedisCommand("AUTH", "app", "hunter2").bytes, RedisCommand("CLIENT", "SETNAME", "web").bytes,
                RedisCommand("SELECT", "3").bytes, RedisCommand("PING").bytes,
            ])
        #expect(Handshake.steps(for: configuration).map(\.isEssential) == [true, false, true, false])
    }

    @Test("names no user where there is only a password")
    func passwordOnly() {
        var configuration = configuration()
        configuration.password = Secret("hunter2")
        #expect(commands(configuration).first == RedisCommand("AUTH", "hunter2").bytes)
    }

    @Test("accepts whatever is not an error")
    func success() {
        for step in Handshake.steps(for: configuration()) { #expect(Handshake.failure(of: step, reply: nil) == nil) }
    }

    @Test("is refused by an essential step, not by another")
    func essential() {
        let refusal = RedisError.server(code: "NOPERM", message: "no")
        let step = { Handshake.Step(command: RedisCommand("X"), isEssential: $0, named: "X 1") }
        #expect(Handshake.failure(of: step(false), reply: refusal) == nil)
        #expect(
            Handshake.failure(of: step(true), reply: refusal)
                == .server(code: "NOPERM", message: "X 1 was refused: no"))
    }

    @Test(
        "says in words of its own why AUTH was refused",
        arguments: [
            ("WRONGPASS", "invalid username-password pair or user is disabled.", "wrong user name or password"),
            ("ERR", "AUTH <password> called without any password configured for the default user.", "leave it out"),
            ("ERR", "unknown command 'AUTH', with args beginning with: 'hunter2'", "does not know the command"),
            ("NOPERM", "no", "+auth"),
        ])
    func authentication(code: String, message: String, word: String) {
        var configuration = configuration()
        configuration.password = Secret("hunter2")
        let step = Handshake.steps(for: configuration)[0]
        guard case .server(code, let text) = Handshake.failure(of: step, reply: .server(code: code, message: message))
        else {
            Issue.record("it was not refused")
            return
        }
        #expect(text.hasPrefix("AUTH was refused: "))
        #expect(text.contains(word))
        #expect(!text.contains("hunter2"))
    }

    @Test("names the step that was refused, with the server's words", arguments: [("SELECT 3", 1), ("SUBSCRIBE c", 3)])
    func steps(name: String, position: Int) {
        var configuration = configuration()
        configuration.clientName = "web"
        configuration.database = 3
        configuration.subscription = RedisSubscription(channel: "c") { _ in }
        let step = Handshake.steps(for: configuration)[position]
        #expect(
            Handshake.failure(of: step, reply: .server(code: "ERR", message: "DB index is out of range"))
                == .server(code: "ERR", message: "\(name) was refused: DB index is out of range"))
    }

    @Test("says when a password is wanted, also at an inessential step")
    func passwordWanted() {
        let step = Handshake.Step(command: RedisCommand("PING"), isEssential: false)
        let failure = Handshake.failure(of: step, reply: .server(code: "NOAUTH", message: "Authentication required."))
        #expect(failure == .server(code: "NOAUTH", message: "the server wants a password"))
    }

    @Test("lets commands wait for a server that is not ready", arguments: ["LOADING", "MASTERDOWN", "BUSY"])
    func notReady(code: String) {
        for isEssential in [true, false] {
            let step = Handshake.Step(command: RedisCommand("PING"), isEssential: isEssential)
            #expect(
                Handshake.failure(of: step, reply: .server(code: code, message: "later"))
                    == .unavailable(reason: "the server is not ready: \(code)"))
        }
    }

    /// Such a server says so before anything is asked, so that it looks like the answer to the first step.
    @Test("lets commands wait for a server that has no connection left", arguments: [true, false])
    func tooManyClients(isEssential: Bool) {
        let step = Handshake.Step(command: RedisCommand("PING"), isEssential: isEssential)
        let reply = RedisError.server(code: "ERR", message: "max number of clients reached")
        #expect(
            Handshake.failure(of: step, reply: reply)
                == .unavailable(reason: "the server has reached its maximum number of clients"))
    }

    /// Also said unasked, by a server without a password that is reached over the network.
    @Test("is refused by a server in protected mode", arguments: [true, false])
    func protectedMode(isEssential: Bool) {
        let step = Handshake.Step(command: RedisCommand("PING"), isEssential: isEssential)
        let reply = RedisError.server(code: "DENIED", message: "Redis is running in protected mode because …")
        #expect(
            Handshake.failure(of: step, reply: reply)
                == .server(code: "DENIED", message: "the server is in protected mode"))
    }

    @Test("never repeats what the server said, which may be the password")
    func secrecy() {
        for code in ["ERR", "WRONGPASS", "NOAUTH", "LOADING", "NOPERM", "DENIED", "hunter3"] {
            for isEssential in [true, false] {
                let step = Handshake.Step(command: RedisCommand("AUTH", "hunter2"), isEssential: isEssential)
                let reply = RedisError.server(code: code, message: "unknown command 'AUTH', args: 'hunter2'")
                let failure = Handshake.failure(of: step, reply: reply)
                #expect(!String(reflecting: failure).contains("hunter2"))
            }
        }
    }
}
