import EmbeddedRedis
import Testing

@Suite("sessionctl login", .timeLimit(.minutes(2)))
struct LoginToolTests {
    @Test("begin prints a ticket, which create and renew show; after the end of all sessions it is refused")
    func tickets() async throws {
        try await withTool { tool in
            func begin() async throws -> String { try await tool.json("login", "begin", "anna")["ticket"].text }
            let early = try await begin()
            let plain = try await tool("login", "begin", "anna")
            #expect(plain.status == 0)
            #expect(plain.standardOutput.split(separator: ".", omittingEmptySubsequences: false).count == 4)
            let session = try await tool.json("session", "create", "--user", "anna", "--ticket", early)["session"]
            let renewed = try await tool.json("session", "renew", session["id"].text, "--ticket", early)["session"]
            _ = try await tool.json("session", "terminate-all", "anna", "--except", renewed["id"].text)
            for command in [
                ["session", "create", "--user", "anna", "--ticket", early],
                ["session", "renew", renewed["id"].text, "--ticket", early],
            ] {
                let refused = try await tool.run(command + ["--json"])
                #expect(refused.status == 1)
                #expect(refused.standardError.contains("loginSuperseded"))
            }
            _ = try await tool.json("session", "create", "--user", "anna", "--ticket", try await begin())
        }
    }

    @Test("A ticket that is none, or another user's, is bad input", arguments: ["none", "", "x.1..", "bob's"])
    func badTicket(_ ticket: String) async throws {
        try await withTool { tool in
            let text =
                ticket == "bob's" ? try await tool.json("login", "begin", "bob")["ticket"].text : ticket
            let refused = try await tool("session", "create", "--user", "anna", "--ticket", text, "--json")
            #expect(refused.status == 64)
            #expect(refused.standardError.contains("login ticket"))
        }
    }
}
