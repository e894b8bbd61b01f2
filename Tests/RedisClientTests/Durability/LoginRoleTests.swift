import Testing

@testable import RedisClient

@Suite("A server that must be a master")
struct LoginRoleTests {
    private let configuration = RedisClientConfiguration(endpoint: .unixSocket(path: "/redis"))

    private func play(_ role: String) throws -> [String] {
        let journal = Writes.journal(entries: 1)
        let steps = Handshake.steps(for: configuration, wantsMaster: true)
        var play = LoginPlay(Login(steps: steps, journal: journal))
        #expect(play.begin() == ["PING", "ROLE"])
        return try play.hear("+PONG\r\n", role)
    }

    @Test("is told what it may have lost once it has said that it is one")
    func master() throws {
        #expect(try play("*3\r\n$6\r\nmaster\r\n:14\r\n*0\r\n") == ["go on", "send EVAL"])
    }

    @Test(
        "is not used when it says anything else",
        arguments: [
            "*5\r\n$5\r\nslave\r\n$1\r\nh\r\n:1\r\n$9\r\nconnected\r\n:1\r\n", "*2\r\n$8\r\nsentinel\r\n*0\r\n",
            "*0\r\n", "*-1\r\n", "+master\r\n", ":1\r\n", "*1\r\n*1\r\n$6\r\nmaster\r\n",
        ])
    func notMaster(role: String) throws {
        #expect(try play(role) == ["go on", "unavailable: the server is not a master"])
    }

    @Test("must tell: a user who may not ask is refused")
    func refused() throws {
        let progress = try play("-NOPERM this user has no permissions to run the 'role' command\r\n")
        #expect(progress.last?.contains("NOPERM") == true)
    }

    @Test("is asked for its role before it is asked who it is, after the log-in, and only where that is wanted")
    func order() {
        var configuration = configuration
        configuration.password = Secret("hunter2")
        let steps = Handshake.steps(for: configuration, wantsMaster: true, wantsIdentity: true)
        #expect(
            steps.map(\.command.bytes) == [
                RedisCommand("AUTH", "hunter2").bytes, RedisCommand("PING").bytes, RedisCommand("ROLE").bytes,
                RedisCommand("INFO").bytes,
            ])
        #expect(Handshake.steps(for: configuration).count == 2)
    }
}
