import Testing

@testable import RedisClient

@Suite("A server that must be a master")
struct LoginRoleTests {
    private let configuration = RedisClientConfiguration(endpoint: .unixSocket(path: "/redis"))

    private static let noInfo = "-NOPERM this user has no permissions to run the 'info' command\r\n"

    private func play(info: String = noInfo, role: String) throws -> [String] {
        let journal = Writes.journal(entries: 1)
        let steps = Handshake.steps(for: configuration, wantsMaster: true)
        var play = LoginPlay(Login(steps: steps, wantsMaster: true, journal: journal))
        #expect(play.begin() == ["PING", "INFO", "ROLE"])
        return try play.hear("+PONG\r\n", info, role)
    }

    private func info(_ text: String) -> String { "$\(text.utf8.count)\r\n\(text)\r\n" }

    private static let master = "*3\r\n$6\r\nmaster\r\n:14\r\n*0\r\n"

    @Test("is told what it may have lost once it has said by ROLE that it is one")
    func master() throws {
        #expect(try play(role: Self.master) == ["go on", "go on", "send EVAL"])
    }

    @Test("is told so too once it has said it by INFO, whatever ROLE comes to")
    func masterByInfo() throws {
        let info = info("role:master\r\nmaster_replid:abc\r\n")
        #expect(try play(info: info, role: "-NOPERM no\r\n") == ["go on", "go on", "send EVAL"])
    }

    @Test(
        "is not used when it says anything else",
        arguments: [
            "*5\r\n$5\r\nslave\r\n$1\r\nh\r\n:1\r\n$9\r\nconnected\r\n:1\r\n", "*2\r\n$8\r\nsentinel\r\n*0\r\n",
        ])
    func notMaster(role: String) throws {
        #expect(try play(role: role).last == "unavailable: the server is not a master")
    }

    @Test("is not used when INFO says anything else, though ROLE does not")
    func notMasterByInfo() throws {
        let progress = try play(info: info("role:slave\r\n"), role: Self.master)
        #expect(progress.last == "unavailable: the server is not a master")
    }

    @Test(
        "must tell: one that permits neither INFO nor ROLE is refused, and the right is named",
        arguments: [
            "-NOPERM this user has no permissions to run the 'role' command\r\n", "-ERR unknown command 'ROLE'\r\n",
            "*0\r\n", "*-1\r\n", "+master\r\n", ":1\r\n", "*1\r\n*1\r\n$6\r\nmaster\r\n",
        ])
    func refused(role: String) throws {
        let last = try #require(try play(role: role).last)
        #expect(last.hasPrefix("unavailable:") && last.contains("+info") && last.contains("+role"))
    }

    @Test("is asked who it is and for its role, after AUTH, and only where that is wanted")
    func order() {
        var configuration = configuration
        configuration.password = Secret("hunter2")
        let steps = Handshake.steps(for: configuration, wantsMaster: true, wantsIdentity: true)
        #expect(
            steps.map(\.command.bytes) == [
                RedisCommand("AUTH", "hunter2").bytes, RedisCommand("PING").bytes, RedisCommand("INFO").bytes,
                RedisCommand("ROLE").bytes,
            ])
        #expect(Handshake.steps(for: configuration).count == 2)
    }
}
