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
                "grant", "save", "--organization", "acme", "--granted-by", "bert", "--for", "3h", "--id", id)
            #expect(longer["expiresAt"].text > grant["expiresAt"].text)
            for name in ["id", "grantedBy", "grantedTo", "reason", "createdAt"] {
                #expect(longer[name] == grant[name], "\(name)")
            }
            let open = try await tool.json(
                "grant", "save", "--organization", "acme", "--granted-by", "anna", "--for", "3h", "--id", id,
                "--any-admin")
            #expect(open["grantedTo"] == .missing)
            #expect(open["reason"] == grant["reason"])
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
                "grant", "save", "--organization", "acme", "--granted-by", "anna", "--expires", time,
                "--any-admin")
            #expect(grant["expiresAt"].text == time)
        }
    }

    @Test("revoke ends the grant and what was opened under it; again, and for an unknown one, it has status 1")
    func revoke() async throws {
        try await withTool { tool in
            let grant = try await tool.json(
                "grant", "save", "--organization", "acme", "--granted-by", "anna", "--for", "1h", "--any-admin")["id"]
                .text
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

    @Test("extend moves the end and nothing else; of an unknown grant it has status 1")
    func extend() async throws {
        try await withTool { tool in
            let grant = try await tool.json(
                "grant", "save", "--organization", "acme", "--granted-by", "anna", "--for", "2h", "--admin", "g7",
                "--reason", "ticket 9")
            let id = grant["id"].text
            let longer = try await tool.json("grant", "extend", id, "--for", "5h", "--by", "bert")
            #expect(longer["expiresAt"].text > grant["expiresAt"].text)
            for name in ["id", "grantedBy", "grantedTo", "reason", "createdAt"] {
                #expect(longer[name] == grant[name], "\(name)")
            }
            let end = "2020-01-01T00:00:00Z"
            let past = try await tool("grant", "extend", id, "--expires", end, "--json")
            #expect(past.status == 64)
            _ = try await tool.json("grant", "revoke", id)
            let unknown = try await tool("grant", "extend", id, "--for", "5h", "--json")
            #expect(unknown.status == 1)
            #expect(try JSONValue(parsing: unknown.standardError)["error"]["code"] == "supportAccessEnded")
        }
    }

    @Test("grants are listed and revoked by administrator, by organization, and all at once")
    func together() async throws {
        try await withTool { tool in
            func save(_ organization: String, _ more: String...) async throws -> JSONValue {
                let result = try await tool.run(
                    ["grant", "save", "--organization", organization, "--granted-by", "anna", "--for", "2h", "--json"]
                        + more)
                return try JSONValue(parsing: result.standardOutput)
            }
            let first = try await save("acme", "--admin", "grace")
            let open = try await save("globex", "--any-admin")
            let other = try await save("globex", "--admin", "bert")
            #expect(try await tool.json("grant", "list", "--admin", "grace") == ["grants": [first]])
            let shown = try await tool("grant", "list", "--admin", "grace")
            #expect(shown.standardOutput.contains(first["id"].text))
            #expect(
                try await tool.json("grant", "revoke-all", "--admin", "grace", "--yes", "--by", "r") == ["revoked": 1])
            #expect(try await tool.json("grant", "list", "--admin", "grace") == ["grants": []])
            let third = try await save("acme", "--admin", "grace")
            #expect(
                try await tool.json("grant", "revoke-all", "--organization", "globex", "--yes", "--by", "r")
                    == ["revoked": 2])
            for grant in [open, other] {
                #expect(try await tool("grant", "find", grant["id"].text).status == 1)
            }
            let everyone = try await tool("grant", "revoke-all", "--everyone", "--yes", "--by", "r")
            #expect(everyone.standardOutput == "revoked 1 grant\n")
            #expect(try await tool("grant", "find", third["id"].text).status == 1)
        }
    }

    @Test("terminate-all --and-grants also ends the grants that name the user")
    func offboarding() async throws {
        try await withTool { tool in
            let grant = try await tool.json(
                "grant", "save", "--organization", "acme", "--granted-by", "anna", "--for", "2h", "--admin", "grace")
            let id = grant["id"].text
            let support = try await tool.createSession(user: "grace", "--grant", id)
            _ = try await tool.createSession(user: "grace")
            let kept = try await tool.json("session", "terminate-all", "nobody", "--and-grants")
            #expect(kept == ["terminated": 0])
            #expect(try await tool.json("session", "terminate-all", "grace", "--and-grants") == ["terminated": 2])
            #expect(try await tool.json("session", "authorize", support, status: 1)["decision"] == "terminated")
            let refused = try await tool("session", "create", "--user", "grace", "--grant", id, "--json")
            #expect(try JSONValue(parsing: refused.standardError)["error"]["code"] == "supportAccessEnded")
        }
    }

    @Test(
        "what is missing or contradicts itself is bad usage, and nothing is sent",
        arguments: [
            ["save", "--organization", "acme", "--granted-by", "anna", "--for", "2h"],
            ["save", "--organization", "acme", "--granted-by", "anna", "--for", "2h", "--admin", "g", "--any-admin"],
            ["save", "--organization", "acme", "--granted-by", "anna", "--any-admin"],
            ["save", "--organization", "a", "--granted-by", "b", "--any-admin", "--expires", "2026-11-31T12:00:00Z"],
            ["save", "--organization", "a", "--granted-by", "b", "--any-admin", "--expires", "2036-11-30T12:00:00Zx"],
            ["extend", "822b33ad.AAAAAAAAAAAAAAAAAAAAAQ"], ["extend", "odd", "--for", "1h"], ["list"],
            ["list", "acme", "--admin", "g"], ["revoke-all", "--everyone", "--by", "r"],
            ["revoke-all", "--everyone", "--yes"], ["revoke-all", "--yes", "--by", "r"],
            ["revoke-all", "--everyone", "--admin", "g", "--yes", "--by", "r"],
        ])
    func usage(_ arguments: [String]) async throws {
        // Nothing listens there.
        let tool = Tool(url: "redis://127.0.0.1:1", prefix: "sr")
        let result = try await tool.run(["grant"] + arguments + ["--json"])
        #expect(result.status == 64)
        #expect(try JSONValue(parsing: result.standardError)["error"]["code"].text.isEmpty == false)
    }
}
