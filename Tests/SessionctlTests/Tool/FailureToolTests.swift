import EmbeddedRedis
import Foundation
import Testing

@Suite("sessionctl, when something is wrong,", .timeLimit(.minutes(2)))
struct FailureToolTests {
    /// Nobody listens there: whatever is refused with another status was refused before anything was sent.
    private let nowhere = Tool(url: "redis+unix:///nonexistent/redis.sock", prefix: "sr")

    static let badCommands: [[String]] = [
        ["no-such-command"],
        ["session", "shw", "x"],
        ["session", "show"],
        ["session", "show", "not-an-id"],
        ["session", "show", unknownSession, "--no-such-option"],
        ["session", "list", ""],
        ["session", "list", "u", "--limit", "0"],
        ["session", "list", "u", "--limit", "many"],
        ["session", "create"],
        ["session", "create", "--user", String(repeating: "u", count: 257)],
        ["session", "create", "--user", "u", "--ip", "1.2.3"],
        ["session", "create", "--user", "u", "--ip", "1.2.3.4:80"],
        ["session", "touch", unknownSession, "--ip", "[::1]"],
        ["token", "rotate", "srt1_x", "--ip", "fe80::1%eth0"],
        ["session", "shorten", unknownSession],
        ["session", "shorten", unknownSession, "--for", "soon"],
        ["session", "shorten", unknownSession, "--for", "0s"],
        ["session", "shorten", unknownSession, "--for", "401d"],
        ["session", "create", "--user", "u", "--lifetime", "soon"],
        ["session", "create", "--user", "u", "--lifetime", "401d"],
        ["session", "create", "--user", "u", "--idle", "0s"],
        ["session", "create", "--user", "u", "--attribute", "novalue"],
        ["session", "create", "--user", "u", "--attribute", "a=1", "--attribute", "a=2"],
        ["session", "create", "--user", "u", "--grant", "not-an-id"],
        ["session", "terminate", unknownSession, "--reason", String(repeating: "r", count: 513)],
        ["session", "terminate-all", "u", "--except", "not-an-id"],
        ["token", "status", "not-an-id"],
        ["grant", "save", "--organization", "o", "--granted-by", "a", "--any-admin"],
        [
            "grant", "save", "--organization", "o", "--granted-by", "a", "--for", "1h", "--expires",
            "2030-01-01T00:00:00Z",
        ],
        ["grant", "save", "--organization", "o", "--granted-by", "a", "--any-admin", "--expires", "tomorrow"],
        ["session", "list", "u", "--redis", "http://localhost"],
        ["session", "list", "u", "--prefix", "{x}"],
    ]

    @Test("ends bad input with status 64 and one JSON error, before anything is sent", arguments: badCommands)
    func usage(command: [String]) async throws {
        let result = try await nowhere.run(["--json"] + command)
        #expect(result.status == 64)
        #expect(result.standardOutput.isEmpty)
        let error = try JSONValue(parsing: result.standardError)["error"]
        #expect(["usage", "invalidInput", "invalidConfiguration"].contains(error["code"].text))
        #expect(!error["message"].text.isEmpty)
        #expect(!error["message"].text.contains("--json"))
    }

    @Test("says what is wrong to people too")
    func text() async throws {
        let result = try await nowhere("session", "create", "--user", "u", "--ip", "1.2.3")
        #expect(result.status == 64)
        #expect(result.standardError == "sessionctl: invalid IP address: it must be an IPv4 or IPv6 address\n")
    }

    static let goodCommands: [[String]] = [
        ["session", "create", "--user", "u"],
        ["session", "list", "u"],
        ["session", "show", unknownSession],
        ["session", "authorize", unknownSession],
        ["session", "touch", unknownSession],
        ["session", "terminate", unknownSession],
        ["session", "terminate-all", "u"],
        ["token", "invalidate", unknownSession],
        ["token", "status", unknownSession],
        ["grant", "save", "--organization", "o", "--granted-by", "a", "--for", "1h", "--any-admin"],
        ["grant", "find", unknownSession],
        ["grant", "list", "o"],
        ["grant", "revoke", unknownSession],
        ["doctor"],
    ]

    @Test("ends with status 69 when the store is not there, never with an answer", arguments: goodCommands)
    func unavailable(command: [String]) async throws {
        let result = try await nowhere.run(command + ["--json"])
        #expect(result.status == 69)
        #expect(result.standardOutput.isEmpty)
        #expect(try JSONValue(parsing: result.standardError)["error"]["code"] == "storeUnavailable")
    }

    @Test("ends with status 69 when the server stops answering")
    func hanging() async throws {
        try await withEmbeddedRedis { redis in
            redis.signal(SIGSTOP)
            let result = try await Tool(url: redis.url, prefix: "sr")("session", "authorize", unknownSession, "--json")
            redis.signal(SIGCONT)
            #expect(result.status == 69)
            #expect(result.standardOutput.isEmpty)
        }
    }

    @Test("shows no password, neither a wrong one nor a right one")
    func passwords() async throws {
        try await withEmbeddedRedis(EmbeddedRedisOptions(listensOnPort: true, password: "open-sesame")) { redis in
            let port = try #require(redis.port)
            let wrong = Tool(url: "redis://:wrong-secret@127.0.0.1:\(port)", prefix: "sr")
            for arguments in [["doctor"], ["doctor", "--json"]] {
                let refused = try await wrong.run(arguments)
                #expect(refused.status == 77)
                #expect(!refused.standardError.contains("wrong-secret"))
            }
            let right = Tool(url: redis.url, prefix: "sr")
            let tour = try await right("demo", "--redis", redis.url)
            #expect(tour.status == 0)
            #expect(!(tour.standardOutput + tour.standardError).contains("open-sesame"))
        }
    }
}
