import EmbeddedRedis
import Foundation
import SessionRepository
import Testing

@Suite("sessionctl session", .timeLimit(.minutes(2)))
struct SessionToolTests {
    @Test("create prints the session, show finds it, and redis-cli shows the documented hash")
    func create() async throws {
        try await withTool { tool in
            let session = try await tool.json(
                "session", "create", "--user", "user-42", "--device", "Phone", "--ip", "2001:DB8::1", "--user-agent",
                "A/1",
                "--lifetime", "1d", "--idle", "1h30m", "--attribute", "role=admin", "--attribute", "note=a=b")[
                    "session"]
            #expect(session["userId"] == "user-42")
            #expect(session["state"] == "active")
            #expect(session["deviceName"] == "Phone")
            #expect(session["ipAddress"] == "2001:db8::1")
            #expect(session["userAgent"] == "A/1")
            #expect(session["attributes"] == ["role": "admin", "note": "a=b"])
            #expect(session["createdAt"].text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
            #expect(session["authenticatedAt"] == session["createdAt"])
            #expect(session["idleExpiresAt"].text > session["createdAt"].text)
            #expect(session["idleExpiresAt"].text < session["expiresAt"].text)
            #expect(session.names.isDisjoint(with: ["grantId", "terminatedAt", "terminatedBy", "terminationReason"]))

            let id = session["id"].text
            let shown = try await tool.json("session", "show", id)
            #expect(shown == session)

            // As the documentation tells an operator: the tag is the beginning of the user ID's SHA-256.
            let tag = try await shell("printf %s user-42 | sha256sum | cut -c1-8")
            #expect(id.hasPrefix("\(tag)."))
            let key = "\(tool.prefix):session:{\(tag)}\(id.dropFirst(tag.count))"
            let hash = try await tool.redis("HMGET", key, "user", "state", "device", "idle", "attr:role")
            #expect(hash == #"1) "user-42"\#n2) "active"\#n3) "Phone"\#n4) "5400000"\#n5) "admin""#)
            let member = id.dropFirst(tag.count + 1)
            let index = try await tool.redis("ZRANGE", "\(tool.prefix):user:{\(tag)}:user-42", "0", "-1")
            #expect(index == "1) \"\(member)\"")
        }
    }

    private func shell(_ command: String) async throws -> String {
        let sum = ProcessInfo.processInfo.operatingSystemVersionString.contains("macOS") ? "shasum -a 256" : "sha256sum"
        let command = command.replacingOccurrences(of: "sha256sum", with: sum)
        return try await runCommand("sh", ["-c", command]).standardOutput.trimmingCharacters(in: .newlines)
    }

    @Test("update changes what is named, and redis-cli shows that nothing else did")
    func update() async throws {
        try await withTool { tool in
            let id = try await tool.createSession(
                user: "u", "--device", "Phone", "--user-agent", "A/1", "--attribute", "role=admin", "--attribute", "a=b"
            )
            let before = try await tool.json("session", "show", id)
            let updated = try await tool.json(
                "session", "update", id, "--device", "Anna's phone", "--attribute", "theme=dark=er",
                "--remove-attribute", "a")
            #expect(updated["deviceName"] == "Anna's phone" && updated["userAgent"] == "A/1")
            #expect(updated["attributes"] == ["role": "admin", "theme": "dark=er"])
            #expect(updated["expiresAt"] == before["expiresAt"])
            #expect(updated["lastActivityAt"] == before["lastActivityAt"])
            let shown = try await tool.json("session", "show", id)
            #expect(shown == updated)
            for wrong in [[], ["--attribute", "x"], ["--attribute", "x=y", "--remove-attribute", "x"]] {
                let refused = try await tool.run(["session", "update", id, "--json"] + wrong)
                #expect(refused.status == 64)
            }
            _ = try await tool("session", "terminate", id)
            let late = try await tool("session", "update", id, "--device", "x")
            #expect(late.status == 1)
        }
    }

    @Test("elevate raises the level for a while, and authorize tells")
    func elevate() async throws {
        try await withTool { tool in
            let id = try await tool.createSession(user: "u", "--level", "aal1", "--method", "pwd")
            let before = try await tool.json("session", "authorize", id)["session"]
            #expect(before["level"] == "aal1" && before["methods"] == ["pwd"])
            #expect(!before.names.contains("elevatedUntil"))
            let elevated = try await tool.json(
                "session", "elevate", id, "--level", "aal2", "--method", "pwd", "--method", "otp", "--for", "15m")
            #expect(elevated["level"] == "aal2" && elevated["methods"] == ["pwd", "otp"])
            #expect(elevated["elevatedUntil"].text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
            let authorized = try await tool.json("session", "authorize", id)["session"]
            #expect(authorized["elevatedUntil"] == elevated["elevatedUntil"] && authorized["level"] == "aal2")
            let text = try await tool("session", "show", id).standardOutput
            #expect(text.contains("elevated until") && text.contains("pwd, otp"))
            for wrong in [["--level", "a b", "--for", "1m"], ["--level", "x", "--for", "0s"], ["--level", "x"]] {
                let refused = try await tool.run(["session", "elevate", id, "--json"] + wrong)
                #expect(refused.status == 64)
            }
            let unknown = try await tool("session", "elevate", unknownSession, "--level", "x", "--for", "1m")
            #expect(unknown.status == 1)
        }
    }

    @Test("list shows active sessions only, latest activity first, and follows pages")
    func list() async throws {
        try await withTool { tool in
            var created: [String] = []
            for _ in 0..<4 { created.append(try await tool.createSession(user: "u")) }
            _ = try await tool("session", "terminate", created[1])
            let all = try await tool.json("session", "list", "u")["sessions"].elements.map(\.["id"].text)
            #expect(Set(all) == Set([created[0], created[2], created[3]]))
            let two = try await tool.json("session", "list", "u", "--limit", "2")["sessions"].elements
            #expect(two.map(\.["id"].text) == Array(all.prefix(2)))
            let nobody = try await tool.json("session", "list", "somebody-else")
            #expect(nobody == ["sessions": [], "more": false])
            // The newest ones, whichever was active since.
            let key = KeySpace(prefix: tool.prefix).session(try SessionID(created[0]))
            _ = try await tool.redis("HINCRBY", key, "seen", "60000")
            _ = try await tool.redis("HINCRBY", key, "created", "-1000")
            let newest = try await tool.json("session", "list", "u", "--limit", "2")
            #expect(Set(newest["sessions"].elements.map(\.["id"].text)) == Set([created[2], created[3]]))
            #expect(newest["more"] == true)
            let whole = try await tool.json("session", "list", "u", "--limit", "3")
            #expect(whole["sessions"].elements.first?["id"].text == created[0])
            #expect(whole["more"] == false)
        }
    }

    @Test("authorize says active with status 0, and otherwise why not with status 1")
    func authorize() async throws {
        try await withTool { tool in
            let id = try await tool.createSession(user: "u")
            let active = try await tool.json("session", "authorize", id)
            #expect(active["decision"] == "active")
            #expect(active["session"]["id"].text == id)
            _ = try await tool("session", "terminate", id)
            let terminated = try await tool.json("session", "authorize", id, status: 1)
            #expect(terminated == ["decision": "terminated"])
            let unknown = try await tool.json("session", "authorize", unknownSession, status: 1)
            #expect(unknown == ["decision": "unknown"])
        }
    }

    @Test("touch says whether it wrote, and has status 1 for a session that is not active")
    func touch() async throws {
        try await withTool { tool in
            let id = try await tool.createSession(user: "u")
            let recent = try await tool.json("session", "touch", id)
            #expect(recent == ["recorded": false])
            let moved = try await tool.json("session", "touch", id, "--ip", "192.0.2.1")
            #expect(moved == ["recorded": true])
            let again = try await tool.json("session", "touch", id, "--ip", "192.0.2.1")
            #expect(again == ["recorded": false])
            let key = KeySpace(prefix: tool.prefix).session(try SessionID(id))
            _ = try await tool.redis("HINCRBY", key, "seen", "-60001")
            let recorded = try await tool.json("session", "touch", id, "--ip", "192.0.2.2")
            #expect(recorded == ["recorded": true])
            let shown = try await tool.json("session", "show", id)
            #expect(shown["ipAddress"] == "192.0.2.2")
            let unknown = try await tool.json("session", "touch", unknownSession, status: 1)
            #expect(unknown == ["recorded": false])
        }
    }

    @Test("terminate records who and why, says so again, and has status 1 for an unknown session")
    func terminate() async throws {
        try await withTool { tool in
            let id = try await tool.createSession(user: "u")
            let first = try await tool.json("session", "terminate", id, "--by", "admin", "--reason", "lost")
            #expect(first == ["outcome": "terminated"])
            let second = try await tool.json("session", "terminate", id)
            #expect(second == ["outcome": "alreadyTerminated"])
            let shown = try await tool.json("session", "show", id)
            #expect(shown["state"] == "terminated")
            #expect(shown["terminatedBy"] == "admin")
            #expect(shown["terminationReason"] == "lost")
            #expect(!shown["terminatedAt"].text.isEmpty)
            let unknown = try await tool.json("session", "terminate", unknownSession, status: 1)
            #expect(unknown == ["outcome": "unknown"])
        }
    }

    @Test("show and terminate answer another owner's session exactly like an unknown one")
    func ownership() async throws {
        try await withTool { tool in
            let id = try await tool.createSession(user: "u")
            let foreign = try await tool.json("session", "terminate", id, "--owner", "v", status: 1)
            #expect(foreign == ["outcome": "unknown"])
            let hidden = try await tool("session", "show", id, "--owner", "v", "--json")
            #expect(hidden.status == 1)
            #expect(hidden.standardOutput.isEmpty)
            #expect(try JSONValue(parsing: hidden.standardError)["error"]["code"] == "unknown")
            let shown = try await tool.json("session", "show", id, "--owner", "u")
            #expect(shown["state"] == "active")
            let own = try await tool.json("session", "terminate", id, "--owner", "u")
            #expect(own == ["outcome": "terminated"])
        }
    }

    @Test("terminate-all ends all, or all but one, and counts")
    func terminateAll() async throws {
        try await withTool { tool in
            for _ in 0..<3 { _ = try await tool.createSession(user: "u") }
            let kept = try await tool.createSession(user: "u")
            let others = try await tool.json("session", "terminate-all", "u", "--except", kept)
            #expect(others == ["terminated": 3])
            let left = try await tool.json("session", "list", "u")["sessions"].elements.map(\.["id"].text)
            #expect(left == [kept])
            let all = try await tool.json("session", "terminate-all", "u", "--by", "admin", "--reason", "breach")
            #expect(all == ["terminated": 1])
            let none = try await tool.json("session", "terminate-all", "u")
            #expect(none == ["terminated": 0])
        }
    }

    @Test("renew gives a new ID to the same login and ends the old one")
    func renew() async throws {
        try await withTool { tool in
            let old = try await tool.createSession(user: "u", "--device", "Phone")
            let renewed = try await tool.json("session", "renew", old, "--lifetime", "1h")["session"]
            #expect(renewed["id"].text != old)
            #expect(renewed["deviceName"] == "Phone")
            let ended = try await tool.json("session", "show", old)
            #expect(ended["terminationReason"] == "renewed")
            let again = try await tool("session", "renew", old, "--json")
            #expect(again.status == 1)
        }
    }

    @Test("renew keeps the lifetime that the session was given")
    func renewKeepsLifetime() async throws {
        try await withTool { tool in
            let old = try await tool.createSession(user: "u", "--lifetime", "1h")
            let renewed = try await tool.json("session", "renew", old)["session"]
            let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse
            let lifetime = try time(renewed["expiresAt"].text).timeIntervalSince(time(renewed["createdAt"].text))
            #expect(lifetime == 3600)
        }
    }

    @Test("shorten brings the end forward, never back, and has status 1 for a session that is not active")
    func shorten() async throws {
        try await withTool { tool in
            let id = try await tool.createSession(user: "u")
            let before = try await tool.json("session", "show", id)
            let shortened = try await tool.json("session", "shorten", id, "--for", "1h")
            #expect(shortened["expiresAt"].text < before["expiresAt"].text)
            #expect(shortened["idleExpiresAt"] == shortened["expiresAt"])
            let again = try await tool.json("session", "shorten", id, "--for", "2h")
            #expect(again == shortened)
            let ended = try await tool("session", "shorten", unknownSession, "--for", "1h", "--json")
            #expect(ended.status == 1)
            #expect(ended.standardOutput.isEmpty)
        }
    }

    @Test("sign-out-everyone wants --yes, and then ends everyone's sessions")
    func everyone() async throws {
        try await withTool { tool in
            let sessions = [try await tool.createSession(user: "a"), try await tool.createSession(user: "b")]
            let unsure = try await tool("sign-out-everyone", "--json")
            #expect(unsure.status == 64)
            let first = try await tool.json("session", "authorize", sessions[0])
            #expect(first["decision"] == "active")
            let done = try await tool.json("sign-out-everyone", "--yes", "--by", "root")
            #expect(done["terminated"] == 2)
            for session in sessions {
                let shown = try await tool.json("session", "show", session)
                #expect(shown["terminatedBy"] == "root")
            }
            // An ID is any base64url.
            let dash = try await tool.json(
                "sign-out-everyone", "--yes", "--operation", "-AAAAAAAAAAAAAAAAAAAAA")
            #expect(dash == ["terminated": 0, "operation": "-AAAAAAAAAAAAAAAAAAAAA"])
            // Continued, it spares who has logged in since.
            let since = try await tool.createSession(user: "a")
            let continued = try await tool.json(
                "sign-out-everyone", "--yes", "--operation", done["operation"].text)
            #expect(continued["terminated"] == 0)
            let spared = try await tool.json("session", "authorize", since)
            #expect(spared["decision"] == "active")
        }
    }
}

/// A well-formed ID that nobody has.
let unknownSession = "00000000.AAAAAAAAAAAAAAAAAAAAAA"
