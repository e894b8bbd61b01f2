import EmbeddedRedis
import Foundation

@testable import sessionctl

/// The built `sessionctl`, run as a user would run it, against one Redis and under a key prefix of its own.
struct Tool {
    let url: String
    let prefix: String
    /// SESSION_TOKEN_KEYS.
    var tokenKeys = ""
    /// SESSION_REDIS_ADDRESS_MAP.
    var addressMap = ""
    /// More variables.
    var variables: [String: String] = [:]

    /// Beside the test bundle in the build's products.
    static var path: String {
        #if os(macOS)
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
        let products = bundle.bundleURL.deletingLastPathComponent()
        #else
        let products = Bundle.main.bundleURL
        #endif
        return products.appendingPathComponent("sessionctl").path
    }

    func callAsFunction(_ arguments: String...) async throws -> CommandResult {
        try await run(arguments)
    }

    func run(_ arguments: [String], input: String = "") async throws -> CommandResult {
        try await runCommand(Self.path, arguments, environment: environment, input: input)
    }

    /// Starts it and lets it run.
    func start(_ arguments: String...) throws -> RunningCommand {
        try RunningCommand(Self.path, arguments, environment: environment)
    }

    private var environment: [String: String] {
        [
            "SESSION_REDIS_URL": url, "SESSION_KEY_PREFIX": prefix, "SESSION_TOKEN_KEYS": tokenKeys,
            "SESSION_REDIS_ADDRESS_MAP": addressMap,
        ].merging(variables) { $1 }
    }

    /// The document that a command prints with `--json`; it must end with `status`.
    func json(_ arguments: String..., status: Int32 = 0) async throws -> JSONValue {
        let result = try await run(arguments + ["--json"])
        guard result.status == status else { throw UnexpectedResult(arguments: arguments, result: result) }
        return try JSONValue(parsing: result.standardOutput)
    }

    /// What a real `redis-cli` says.
    func redis(_ command: String...) async throws -> String {
        try await RedisCLI(url: url).run(command).trimmingCharacters(in: .newlines)
    }

    /// Creates a session and returns its ID.
    func createSession(user: String, _ more: String...) async throws -> String {
        let result = try await run(["session", "create", "--json", "--user", user] + more)
        guard result.status == 0 else { throw UnexpectedResult(arguments: more, result: result) }
        return try JSONValue(parsing: result.standardOutput)["session"]["id"].text
    }
}

struct UnexpectedResult: Error {
    let arguments: [String]
    let result: CommandResult
}

/// Gives `body` the tool with a Redis: that of SESSION_REDIS_URL when it is set, otherwise a private one. No key stays.
func withTool(_ body: (Tool) async throws -> Void) async throws {
    if let url = ProcessInfo.processInfo.environment["SESSION_REDIS_URL"] {
        let tool = Tool(url: url, prefix: "sr-test-\(UUID().uuidString.prefix(8))")
        try await run(body, with: tool) {
            let pattern = "\(tool.prefix):*"
            let delete = "for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end"
            _ = try? await tool.redis("EVAL", delete, "0", pattern)
        }
    } else {
        try await withEmbeddedRedis { redis in try await body(Tool(url: redis.url, prefix: "sr")) }
    }
}

func withEmbeddedRedis(
    _ options: EmbeddedRedisOptions = EmbeddedRedisOptions(), _ body: (EmbeddedRedis) async throws -> Void
) async throws {
    let redis = try await EmbeddedRedis.start(options)
    try await run(body, with: redis) { await redis.stop() }
}

private func run<Subject>(
    _ body: (Subject) async throws -> Void, with subject: Subject, finally end: () async -> Void
) async throws {
    do {
        try await body(subject)
    } catch {
        await end()
        throw error
    }
    await end()
}
