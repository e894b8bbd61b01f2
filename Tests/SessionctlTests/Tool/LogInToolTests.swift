import EmbeddedRedis
import Foundation
import Testing

@testable import sessionctl

@Suite("How sessionctl logs in", .timeLimit(.minutes(2)))
struct LogInToolTests {
    private func run(_ environment: [String: String], _ more: String...) async throws -> CommandResult {
        try await runCommand(
            Tool.path, ["session", "list", "u", "--json"] + more,
            environment: ["SESSION_REDIS_URL": "", "SESSION_KEY_PREFIX": "sr"].merging(environment) { $1 })
    }

    @Test("with the password that a file holds, with one in a variable, or with one in the URL")
    func password() async throws {
        let path = "/tmp/password-\(UUID())"
        try Data("hunter2\n".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await withEmbeddedRedis { redis in
            _ = try await redis.send(["ACL", "SETUSER", "app", "on", ">hunter2", "~*", "&*", "+@all"])
            _ = try await redis.send(["ACL", "SETUSER", "default", "off"])
            let url = redis.url
            let app = ["SESSION_REDIS_URL": url, "SESSION_REDIS_USERNAME": "app"]
            #expect(try await run(["SESSION_REDIS_URL": url]).status != 0)
            #expect(try await run(app, "--password-file", path).status == 0)
            #expect(try await run(app.merging(["SESSION_REDIS_PASSWORD_FILE": path]) { $1 }).status == 0)
            #expect(try await run(app.merging(["SESSION_REDIS_PASSWORD": "hunter2"]) { $1 }).status == 0)
            // The environment's password is not for another server.
            let other = try await run(app.merging(["SESSION_REDIS_PASSWORD": "hunter2"]) { $1 }, "--redis", url)
            #expect(other.status != 0)
            #expect(!other.standardError.contains("hunter2"))
        }
    }

    @Test("is refused where it cannot be meant, and by name where the file is missing")
    func wrong() async throws {
        let nowhere = "redis+unix:///nonexistent/redis.sock"
        #expect(try await run(["SESSION_REDIS_URL": nowhere, "SESSION_REDIS_USERNAME": "app"]).status == 64)
        let two = [
            "SESSION_REDIS_URL": "redis://:hunter2@127.0.0.1:1", "SESSION_REDIS_PASSWORD": "hunter3",
        ]
        let refused = try await run(two)
        #expect(refused.status == 64)
        #expect(!refused.standardError.contains("hunter"))
        let missing = try await run(["SESSION_REDIS_URL": nowhere], "--password-file", "/nonexistent/password")
        #expect(missing.status == 69)
        #expect(missing.standardError.contains("/nonexistent/password"))
    }
}
