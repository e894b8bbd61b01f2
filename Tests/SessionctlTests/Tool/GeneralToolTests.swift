import EmbeddedRedis
import Foundation
import Testing

@Suite("sessionctl", .timeLimit(.minutes(2)))
struct GeneralToolTests {
    @Test("takes the store from its options before the environment")
    func options() async throws {
        try await withTool { tool in
            let elsewhere = Tool(url: "redis+unix:///nonexistent/redis.sock", prefix: "unused")
            let store = ["--redis", tool.url, "--prefix", "\(tool.prefix):other"]
            let created = try await elsewhere.run(["session", "create", "--user", "u"] + store)
            #expect(created.status == 0)
            let listed = try await elsewhere.run(["--json", "session", "list", "u"] + store)
            #expect(try JSONValue(parsing: listed.standardOutput)["sessions"].elements.count == 1)
            let unprefixed = try await tool.json("session", "list", "u")
            #expect(unprefixed == ["sessions": [], "more": false])
        }
    }

    @Test("starts a private server for one command")
    func embedded() async throws {
        let elsewhere = Tool(url: "redis+unix:///nonexistent/redis.sock", prefix: "sr")
        let listed = try await elsewhere.json("session", "list", "u", "--redis", "embedded")
        #expect(listed == ["sessions": [], "more": false])
    }

    @Test("neutralizes what clients sent, in tables, and keeps the columns aligned")
    func hostileText() async throws {
        try await withTool { tool in
            // Longer than the table's column, too.
            let device = "\u{1B}[2J\u{202E}evil\r\n\u{9B}31m"
            let id = try await tool.createSession(user: "u", "--device", device, "--user-agent", device)
            _ = try await tool.createSession(user: "u", "--device", "受付のタブレット📱")
            for arguments in [["session", "list", "u"], ["session", "show", id]] {
                let text = try await tool.run(arguments).standardOutput
                #expect(text.contains(#"\u{1B}[2J\u{202E}evil\u{D}\u{A}"#))
                let controls = text.unicodeScalars.filter { $0.properties.generalCategory == .control && $0 != "\n" }
                #expect(controls.isEmpty)
                #expect(!text.contains("\u{202E}"))
            }
            let shown = try await tool.json("session", "show", id)
            #expect(shown["deviceName"].text == device)
        }
    }

    @Test("prints tables with relative times, uncoloured when nobody looks")
    func tables() async throws {
        try await withTool { tool in
            let id = try await tool.createSession(user: "u", "--device", "Phone", "--lifetime", "30d")
            let table = try await tool("session", "list", "u").standardOutput.split(separator: "\n")
            #expect(table.count == 2)
            let columns = table[0].split(separator: /\s{2,}/)
            #expect(columns == ["SESSION", "DEVICE", "IP ADDRESS", "ACTIVE", "CREATED", "EXPIRES"])
            #expect(table[1].hasPrefix("\(id)  Phone   –"))
            #expect(table[1].hasSuffix("in 30 days"))
            let none = try await tool("session", "list", "nobody")
            #expect(none.standardOutput == "no active sessions\n")
        }
    }

    @Test("doctor has status 0 while no check fails, and 1 when one does")
    func doctor() async throws {
        try await withEmbeddedRedis { redis in
            let report = try await Tool(url: redis.url, prefix: "sr").json("doctor")
            #expect(report.names == ["checks"])
            let statuses = report["checks"].elements.map(\.["status"].text)
            #expect(!statuses.isEmpty && Set(statuses).isSubset(of: ["ok", "warn"]))
            #expect(report["checks"].elements.allSatisfy { $0.names == ["name", "status", "detail"] })
        }
        let evicting = EmbeddedRedisOptions(configuration: ["maxmemory-policy allkeys-lru"])
        try await withEmbeddedRedis(evicting) { redis in
            let report = try await Tool(url: redis.url, prefix: "sr").json("doctor", status: 1)
            #expect(report["checks"].elements.contains { $0["status"] == "fail" })
        }
    }

    @Test(
        "gives help with status 0",
        arguments: [["--help"], ["session", "create", "--help"], ["help", "grant", "save"]])
    func help(arguments: [String]) async throws {
        let result = try await runCommand(Tool.path, arguments)
        #expect(result.status == 0)
        #expect(result.standardOutput.contains("USAGE: sessionctl"))
        #expect(result.standardError.isEmpty)
    }
}
