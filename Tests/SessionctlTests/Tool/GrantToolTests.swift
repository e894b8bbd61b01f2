import EmbeddedRedis
import Foundation
import Testing

@Suite("sessionctl grant", .timeLimit(.minutes(2)))
struct GrantToolTests {
    @Test("save, find and list show a grant; saving again under its ID changes it")
    func save() async throws {
        try await withTool { tool in
            let grant = try await tool.json(
                "grant", "save", "--organization", "acme", "--granted-by", "anna", "--for", "2h", "--admin", "g7",
                "--reason", "ticket 9")
            #expect(grant["organizationId"] == "acme")
            #expect(grant["grantedBy"] == "anna")
            #expect(grant["grantedTo"] == "g7")
            #expect(grant["reason"] == "ticket 9")
            let id = grant["id"].text
            let found = try await tool.json("grant", "find", id)
            #expect(found == grant)
            let listed = try await tool.json("grant", "list", "acme")
            #expect(listed == ["grants": [grant]])

            let longer = try await tool.json(
                "grant", "save", "--organization", "acme", "--granted-by", "anna", "--for", "3h", "--id", id)
            #expect(longer["id"] == grant["id"])
            #expect(longer["expiresAt"].text > grant["expiresAt"].text)
        }
    }

    @Test("a grant until a time expires at that time, to the millisecond")
    func expires() async throws {
        try await withTool { tool in
            let answer = try await tool.redis("TIME")
            let now = try #require(answer.firstMatch(of: /"(\d+)"/).flatMap { Int64($0.1) })
            let time = try await runCommand("date", ["-u", "-d", "@\(now + 7200)", "+%Y-%m-%dT%H:%M:%S.123Z"])
                .standardOutput.trimmingCharacters(in: .newlines)
            let grant = try await tool.json(
                "grant", "save", "--organization", "acme", "--granted-by", "anna", "--expires", time)
            #expect(grant["expiresAt"].text == time)
        }
    }

    @Test("revoke ends the grant and what was opened under it; again, and for an unknown one, it has status 1")
    func revoke() async throws {
        try await withTool { tool in
            let grant = try await tool.json(
                "grant", "save", "--organization", "acme", "--granted-by", "anna", "--for", "1h")["id"].text
            let session = try await tool.createSession(user: "g7", "--grant", grant)
            let shown = try await tool.json("session", "show", session)
            #expect(shown["grantId"].text == grant)
            let first = try await tool.json("grant", "revoke", grant, "--by", "anna")
            #expect(first == ["outcome": "revoked"])
            let second = try await tool.json("grant", "revoke", grant, status: 1)
            #expect(second == ["outcome": "unknown"])
            let decision = try await tool.json("session", "authorize", session, status: 1)["decision"].text
            #expect(["terminated", "supportAccessEnded"].contains(decision))
            let found = try await tool("grant", "find", grant, "--json")
            #expect(found.status == 1)
            #expect(found.standardOutput.isEmpty)
            #expect(try JSONValue(parsing: found.standardError)["error"]["code"] == "unknown")
            let refused = try await tool("session", "create", "--user", "g7", "--grant", grant, "--json")
            #expect(refused.status == 1)
            #expect(try JSONValue(parsing: refused.standardError)["error"]["code"] == "supportAccessEnded")
        }
    }
}
