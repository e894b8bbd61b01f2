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
}
