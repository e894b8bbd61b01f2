import EmbeddedRedis
import Foundation
import Testing

@Suite("sessionctl demo", .timeLimit(.minutes(2)))
struct DemoToolTests {
    @Test("tells its story on a private server, with what redis-cli really says")
    func embedded() async throws {
        let elsewhere = Tool(url: "redis+unix:///nonexistent/redis.sock", prefix: "unused")
        let tour = try await elsewhere("demo")
        #expect(tour.status == 0)
        #expect(tour.standardError.isEmpty)
        let text = tour.standardOutput
        let scenes = [
            /logs in on three devices/, /"device" => "Anna's iPhone"/, /MacBook Pro +192\.0\.2\.11/, /WITHSCORES/,
            /authorize: active: anna/, /terminateSession: terminated/, /"device lost"/,
            /authorize: terminated (?:now|\d+ seconds? ago) by global-admin-7: device lost/,
            /terminateAllSessionsByUser: 2/,
            /ZCARD 'sr:user:\{55579b55\}:anna'\n  \(integer\) 0/, /in force for another \d+ ms/,
            /findSupportAccessGrant: nil/, /PTTL 'sr:grant:\S+'\n  \(integer\) -2/,
        ]
        var rest = text[...]
        for scene in scenes {
            let match = rest.firstMatch(of: scene)
            #expect(match != nil, "\(scene) is missing, or in another place")
            rest = rest[(match?.range.upperBound ?? rest.startIndex)...]
        }
        #expect(!text.contains("(error)"))
    }

    @Test("shows each command so that a shell understands it")
    func commands() async throws {
        try await withEmbeddedRedis { redis in
            let tour = try await Tool(url: redis.url, prefix: "unused")(
                "demo", "--redis", redis.url, "--prefix", "it's")
            let line = try #require(tour.standardOutput.firstMatch(of: /\$ (redis-cli .* ZCARD .*)/)).1
            let answer = try await runCommand("sh", ["-c", String(line)])
            #expect(answer.standardOutput == "(integer) 0\n")
        }
    }

    @Test("on another server uses names of its own and leaves nothing behind")
    func otherServer() async throws {
        try await withEmbeddedRedis(EmbeddedRedisOptions(listensOnPort: true)) { redis in
            let tool = Tool(url: redis.url, prefix: "sr-demo")
            let anna = try await tool.createSession(user: "anna")
            let before = try await tool.redis("DBSIZE")
            let tour = try await tool("demo", "--redis", redis.url)
            #expect(tour.status == 0)
            #expect(tour.standardOutput.contains("'sr-demo:session:{"))
            let decision = try await tool.json("session", "authorize", anna)
            #expect(decision["decision"] == "active")
            let after = try await tool.redis("DBSIZE")
            #expect(after == before)
        }
    }
}
