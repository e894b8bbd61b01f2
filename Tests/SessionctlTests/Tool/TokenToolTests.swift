import EmbeddedRedis
import Testing

@Suite("sessionctl token", .timeLimit(.minutes(2)))
struct TokenToolTests {
    @Test("invalidate and status tell of a chain; the session itself goes on")
    func invalidate() async throws {
        try await withTool { tool in
            let id = try await tool.createSession(user: "u")
            let before = try await tool.json("token", "status", id)
            #expect(before == ["invalidated": false])
            let first = try await tool.json("token", "invalidate", id, "--reason", "stolen")
            #expect(first == ["outcome": "invalidated"])
            let second = try await tool.json("token", "invalidate", id)
            #expect(second == ["outcome": "alreadyInvalidated"])
            let after = try await tool.json("token", "status", id)
            #expect(after == ["invalidated": true, "reason": "stolen"])
            let session = try await tool.json("session", "authorize", id)
            #expect(session["decision"] == "active")
        }
    }

    @Test("invalidate works for a session that is unknown")
    func unknown() async throws {
        try await withTool { tool in
            let outcome = try await tool.json("token", "invalidate", unknownSession)
            #expect(outcome == ["outcome": "invalidated"])
        }
    }

    @Test("terminating a session invalidates its chain")
    func terminated() async throws {
        try await withTool { tool in
            let id = try await tool.createSession(user: "u")
            _ = try await tool("session", "terminate", id)
            let status = try await tool.json("token", "status", id)
            #expect(status["invalidated"] == true)
        }
    }

    @Test("generate-key makes a key that works: create hands out a token, rotate its successor, once more the same")
    func rotate() async throws {
        try await withTool { tool in
            var tool = tool
            let key = try await tool.json("token", "generate-key", "--id", "k7")
            #expect(key["id"] == "k7")
            tool.tokenKeys = "k7:\(key["key"].text)"
            let created = try await tool.json("session", "create", "--user", "u")
            let first = created["refreshToken"].text
            #expect(first.hasPrefix("srt1_k7.\(created["session"]["id"].text).0."))
            let rotated = try await tool.json("token", "rotate", first, "--ip", "2001:DB8::1")
            #expect(rotated["outcome"] == "rotated")
            let session = try await tool.json("session", "show", created["session"]["id"].text)
            #expect(session["ipAddress"] == "2001:db8::1")
            let repeated = try await tool.run(["--json", "token", "rotate", "-"], input: "\(first)\n")
            let document = try JSONValue(parsing: repeated.standardOutput)
            #expect(document == ["outcome": "repeated", "refreshToken": rotated["refreshToken"]])
            _ = try await tool.json("token", "rotate", rotated["refreshToken"].text)
            let reuse = try await tool.json("token", "rotate", first, status: 1)
            #expect(reuse == ["outcome": "reuse"])
            let invalidated = try await tool.json("token", "rotate", first, status: 1)
            #expect(invalidated == ["outcome": "invalidated"])
            let forged = try await tool.json("token", "rotate", first.dropLast() + "!", status: 1)
            #expect(forged == ["outcome": "forged"])
        }
    }

    @Test("a token of another deployment is forged, with the same keys and the same prefix")
    func deployment() async throws {
        try await withTool { tool in
            var tool = tool
            tool.tokenKeys = "k1:\(try await tool.json("token", "generate-key")["key"].text)"
            let token = try await tool.json("session", "create", "--user", "u")["refreshToken"].text
            tool.variables["SESSION_DEPLOYMENT"] = "staging"
            let forged = try await tool.json("token", "rotate", token, status: 1)
            #expect(forged == ["outcome": "forged"])
            tool.variables["SESSION_DEPLOYMENT"] = ""
            let rotated = try await tool.json("token", "rotate", token)
            #expect(rotated["outcome"] == "rotated")
        }
    }

    @Test(
        "the policy's settings count: a lost reply that is asked for again after the interval, one policy or the other")
    func policy() async throws {
        try await withTool { tool in
            var tool = tool
            tool.tokenKeys = "k1:\(try await tool.json("token", "generate-key")["key"].text)"
            tool.variables["SESSION_POLICY_REUSE_INTERVAL"] = "0s"
            tool.variables["SESSION_POLICY_REUSE"] = "afterSuccessorWasUsed"
            let first = try await tool.json("session", "create", "--user", "u")["refreshToken"].text
            let second = try await tool.json("token", "rotate", first)["refreshToken"]
            let again = try await tool.json("token", "rotate", first)
            #expect(again == ["outcome": "repeated", "refreshToken": second])
            tool.variables["SESSION_POLICY_REUSE"] = "afterInterval"
            let reuse = try await tool.json("token", "rotate", first, status: 1)
            #expect(reuse == ["outcome": "reuse"])
            tool.variables["SESSION_POLICY_REUSE"] = "never"
            let refused = try await tool("token", "rotate", first, "--json")
            #expect(refused.status == 64 && refused.standardError.contains("SESSION_POLICY_REUSE"))
        }
    }

    @Test("a new key in front signs, the old one still verifies")
    func keyRotation() async throws {
        try await withTool { tool in
            var tool = tool
            let (old, new) = (
                try await tool.json("token", "generate-key", "--id", "old"),
                try await tool.json("token", "generate-key", "--id", "new")
            )
            tool.tokenKeys = "old:\(old["key"].text)"
            let token = try await tool.json("session", "create", "--user", "u")["refreshToken"].text
            tool.tokenKeys = "new:\(new["key"].text),old:\(old["key"].text)"
            let successor = try await tool.json("token", "rotate", token)["refreshToken"].text
            #expect(successor.hasPrefix("srt1_new."))
            tool.tokenKeys = "new:\(new["key"].text)"
            let rotated = try await tool.json("token", "rotate", successor)
            #expect(rotated["outcome"] == "rotated")
            let retired = try await tool.json("token", "rotate", token, status: 1)
            #expect(retired == ["outcome": "forged"])
        }
    }

    @Test("without keys, or with keys out of form, rotate has status 64 and shows no part of them")
    func keyErrors() async throws {
        try await withTool { tool in
            var tool = tool
            let none = try await tool("token", "rotate", "srt1_a.b.c.0.d", "--json")
            #expect(none.status == 64)
            tool.tokenKeys = "k1:c2VjcmV0LXRoYXQtaXMtdG9vLXNob3J0"
            let short = try await tool("token", "rotate", "srt1_a.b.c.0.d", "--json")
            #expect(short.status == 64)
            #expect(!short.standardError.contains("c2VjcmV0"))
        }
    }
}
