import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

@Suite("The doctor and access rules", .timeLimit(.minutes(5)))
struct PermissionHealthTests {
    /// A healthy server with a user `app`, what that user's repository finds, and an administrator's connection.
    private func withUser(
        _ name: String = "app", rules: [String], options: EmbeddedRedisOptions = healthyServer,
        _ body: (RedisSessionRepository, RedisClient) async throws -> Void
    ) async throws {
        try await withPrivateServer(options) { server in
            let administrator = try RedisClient.raw(server.url)
            try await administrator.send(["ACL", "SETUSER", name, "on", ">s3cret"] + rules)
            let url = "redis+unix://\(name):s3cret@\(server.unixSocketPath)"
            try await withRepository(
                at: try RedisServer(url: url), configure: { $0.keyPrefix = "sr" }
            ) { repository in try await body(repository, administrator) }
            await administrator.shutdown()
        }
    }

    private static let everything = ["~sr:*", "&sr:events:0", "&__redis__:invalidate", "+@all"]

    @Test(
        "What a user lacks is named with the operations that need it, and the command given mends it",
        arguments: [
            (["-zadd"], "permissions", ["createSession", "touch", "rotateRefreshToken"], "+zadd"),
            (["-hset"], "permissions", ["createSession", "terminateSession"], nil),
            (["-hmget"], "permissions", ["authorize"], "+hmget"),
            (["-scan"], "permissions", ["terminateAllSessions"], "+scan"),
            (["resetkeys", "~sr:session:*", "~sr:chain:*"], "permissions", ["touch"], "~sr:user:*"),
            (["resetkeys", "~other:*"], "permissions", ["authorize"], "~sr:session:*"),
            (["resetchannels", "&__redis__:invalidate"], "permissions", ["events"], "&sr:events:0"),
            (["-client|tracking"], "tracking", ["CLIENT TRACKING"], "+client|tracking"),
            (["-client|id"], "tracking", ["CLIENT ID"], "+client|id"),
            (["resetchannels", "&sr:events:0"], "tracking", ["did not begin"], "&__redis__:invalidate"),
        ] as [([String], String, [String], String?)])
    func lacking(rules: [String], name: String, words: [String], needed: String?) async throws {
        try await withUser(rules: Self.everything + rules) { repository, administrator in
            let findings = try await repository.findings()
            guard let finding = findings.first(where: { $0.name == name }) else {
                // Whoever may change nothing at all is an onlooker.
                let check = try await repository.checkHealth().first { $0.name == name }
                #expect(rules == ["-hset"] && check?.detail.contains("change nothing") == true)
                return
            }
            for word in words { #expect(finding.detail.contains(word), "\(finding.detail)") }
            if let needed { #expect(finding.detail.contains(needed), "\(finding.detail)") }
            #expect((finding.status == .fail) == words.contains("authorize"))
            let command = try #require(finding.detail.firstRange(of: "ACL SETUSER app "))
            try await administrator.send(
                finding.detail[command.lowerBound...].prefix { $0 != "," }.split(separator: " ").map(String.init))
            try await eventually("it is mended") { try await repository.findings().isEmpty }
        }
    }

    @Test(
        "The users of the access list are told what they can be told",
        arguments: ["auth-middleware", "session-service", "operator"])
    func users(_ name: String) async throws {
        let list = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../scripts/redis/users.acl").standardizedFileURL.path
        var options = healthyServer
        options.configuration.append("aclfile \(list)")
        // Without a line for the default user in that file, requirepass counts for nothing.
        options.password = nil
        try await withUser(name, rules: [], options: options) { repository, administrator in
            let checks = try await repository.checkHealth()
            let findings = Set(checks.filter { $0.status != .ok }.map(\.name))
            let permissions = checks.first { $0.name == "permissions" }?.detail ?? ""
            let unreadable: Set = ["memory per session", "persistence", "writes"]
            switch name {
            case "auth-middleware":
                #expect(permissions.contains("look and change nothing"))
                #expect(findings == unreadable.union(["default user", "expiry"]))
            case "session-service":
                #expect(permissions.contains("all that the repository does"))
                #expect(findings == unreadable.union(["default user"]))
            default:
                #expect(permissions.contains("look and change nothing"))
                #expect(findings == ["tracking", "default user"])
            }
            try await administrator.send("SET", "sr:session:{00000000}.endless", "x")
            let expiry = try await repository.checkHealth().first { $0.name == "expiry" }
            #expect(expiry?.status == (name == "auth-middleware" ? .warn : .fail))
        }
    }

    @Test("Without INFO and CONFIG each check says what it misses, and none is well for want of knowledge")
    func blind() async throws {
        try await withUser(rules: Self.everything + ["-info", "-config"]) { repository, _ in
            let findings = Set(try await repository.findings().map(\.name))
            #expect(
                findings == [
                    "version", "eviction", "persistence", "memory per session", "memory", "fragmentation", "tracking",
                    "writes", "topology",
                ])
        }
    }
}
