import EmbeddedRedis
import Foundation
import Testing

@Suite("sessionctl watch", .timeLimit(.minutes(2)))
struct WatchToolTests {
    @Test("shows each event of a session's life, in order, a line each", arguments: [true, false])
    func life(json: Bool) async throws {
        try await withTool { tool in
            var tool = tool
            let key = try await tool.json("token", "generate-key")
            tool.tokenKeys = "k1:\(key["key"].text)"
            let watch = try json ? tool.start("watch", "--json") : tool.start("watch")
            defer { watch.process.signal(SIGINT) }
            try await eventually("it listens") {
                try await tool.redis("PUBSUB", "NUMSUB", "\(tool.prefix):events:0").hasSuffix("(integer) 1")
            }
            let created = try await tool.json("session", "create", "--user", "user-42")
            let id = created["session"]["id"].text
            let token = created["refreshToken"].text
            let next = try await tool.json("token", "rotate", token)["refreshToken"].text
            _ = try await tool.json("token", "rotate", next)
            _ = try await tool.json("token", "rotate", token, status: 1)
            let grant = try await tool.json(
                "grant", "save", "--organization", "acme", "--granted-by", "anna", "--for", "1h", "--any-admin")["id"]
                .text
            let support = try await tool.createSession(user: "admin", "--grant", grant)
            _ = try await tool.json("token", "invalidate", support, "--reason", "stolen\u{1B}[2J")
            _ = try await tool.json("grant", "revoke", grant, "--by", "anna")
            let renewed = try await tool.json("session", "create", "--user", "b")["session"]["id"].text
            _ = try await tool.json("session", "renew", renewed)

            var lines: [Substring] = []
            try await eventually("it has told of all") {
                lines = try watch.outputSoFar().split(separator: "\n")
                return lines.count >= 11
            }
            #expect(lines.count == 11)
            guard json else {
                #expect(lines[0].contains("session created  \(id)  user user-42"))
                #expect(lines[5].hasSuffix(#"(stolen\u{1B}[2J)"#))
                return
            }
            let events = try lines.map { try JSONValue(parsing: String($0)) }
            #expect(
                events.map(\.["event"].text) == [
                    "sessionCreated", "refreshTokenReuse", "sessionTerminated", "grantSaved", "sessionCreated",
                    "chainInvalidated", "grantRevoked", "sessionTerminated", "sessionCreated", "sessionCreated",
                    "sessionTerminated",
                ])
            #expect(events[0]["sessionId"].text == id)
            #expect(events[2]["reason"] == "refreshTokenReuse")
            #expect(events[3]["organizationId"] == "acme")
            #expect(events[7]["by"] == "anna")
            #expect(events[10]["reason"] == "renewed")
            #expect(!lines.joined().contains(token.suffix(43)))
        }
    }

    @Test("ends with status 77 and the server's words when its right to the channel is taken away")
    func refused() async throws {
        try await withEmbeddedRedis(EmbeddedRedisOptions(password: "s3cret")) { redis in
            _ = try await redis.send(["ACL", "SETUSER", "app", "on", ">app", "~*", "&*", "+@all"])
            let tool = Tool(url: "redis+unix://app:app@\(redis.unixSocketPath)", prefix: "sr")
            let watch = try tool.start("watch", "--json")
            defer { watch.process.signal(SIGKILL) }
            try await eventually("it listens") {
                try await redis.send(["PUBSUB", "NUMSUB", "sr:events:0"]).array.last?.integer == 1
            }
            // That the server has let it listen does not mean that it knows.
            try await eventually("it has heard of a session") {
                _ = try await tool.createSession(user: "anna")
                return try watch.outputSoFar().contains("sessionCreated")
            }
            _ = try await redis.send(["ACL", "SETUSER", "app", "resetchannels"])
            let result = try await watch.result()
            #expect(result.status == 77)
            #expect(result.standardOutput.contains("mayHaveMissed"))
            let error = try JSONValue(parsing: result.standardError)["error"]
            #expect(error["code"] == "storeRefused")
            #expect(error["message"].text.contains("SUBSCRIBE sr:events:0 was refused"))
        }
    }

    @Test("has status 69 when there is nothing to listen to")
    func unavailable() async throws {
        let tool = Tool(url: "redis+unix:///nonexistent/redis.sock", prefix: "sr")
        let result = try await tool("watch", "--json")
        #expect(result.status == 69)
        #expect(try JSONValue(parsing: result.standardError)["error"]["code"] == "storeUnavailable")
    }
}
