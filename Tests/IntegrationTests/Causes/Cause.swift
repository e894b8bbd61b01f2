import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

/// One thing that can be wrong, arranged with a real server. What is to be said about it is in the table of
/// `docs/troubleshooting.md`.
struct Cause: Sendable, CustomTestStringConvertible {
    typealias Body = @Sendable (RedisServer) async throws -> Void

    /// As in the table.
    let name: String
    var operation = Operation.lookup
    /// Gives `body` what the URL leads to.
    let arrange: @Sendable (_ body: Body) async throws -> Void

    enum Operation: Sendable {
        case lookup, login, events
    }

    var testDescription: String { name }

    static let all = unreachable + refused + unfit + clusters + sentinels

    /// A server of its own that stands in the way of nobody else.
    static func server(
        _ name: String, _ operation: Operation = .lookup, _ options: EmbeddedRedisOptions = EmbeddedRedisOptions(),
        _ place: @escaping @Sendable (EmbeddedRedis, RedisClient) async throws -> RedisServer = { server, _ in
            try RedisServer(url: server.url)
        }
    ) -> Cause {
        Cause(name: name, operation: operation) { body in
            try await withPrivateServer(options) { server in
                let administrator = try RedisClient.raw(server.url)
                do {
                    try await body(try await place(server, administrator))
                } catch {
                    await administrator.shutdown()
                    throw error
                }
                await administrator.shutdown()
            }
        }
    }

    /// The same, for a user who lacks some rights.
    static func user(_ name: String, _ operation: Operation = .lookup, without rules: String...) -> Cause {
        server(name, operation) { server, administrator in
            try await administrator.send(["ACL", "SETUSER", "app", "on", ">app", "~*", "&*", "+@all"] + rules)
            return try RedisServer(unixSocketPath: server.unixSocketPath, username: "app", password: "app")
        }
    }
}

extension Cause {
    /// Nothing is there, or it has no time.
    static let unreachable = [
        server("nothing listens", .lookup, EmbeddedRedisOptions(listensOnPort: true)) { server, _ in
            let port = try #require(server.port)
            try await server.kill()
            return try RedisServer(host: "127.0.0.1", port: port)
        },
        Cause(name: "no such host") { try await $0(try RedisServer(host: "no-such-host.invalid")) },
        Cause(name: "no such socket") { try await $0(try RedisServer(unixSocketPath: "/nonexistent/redis.sock")) },
        server("too many clients", .lookup, EmbeddedRedisOptions(configuration: ["maxclients 1"])) { server, first in
            try await first.send("PING")
            return try RedisServer(url: server.url)
        },
    ]

    /// The server says no.
    static let refused = [
        server("wrong password", .lookup, EmbeddedRedisOptions(password: "s3cret")) { server, _ in
            try RedisServer(unixSocketPath: server.unixSocketPath, password: "wrong")
        },
        server("user switched off") { server, administrator in
            try await administrator.send("ACL", "SETUSER", "app", "off", ">app", "~*", "&*", "+@all")
            return try RedisServer(unixSocketPath: server.unixSocketPath, username: "app", password: "app")
        },
        server("password missing", .lookup, EmbeddedRedisOptions(password: "s3cret")) { server, _ in
            try RedisServer(unixSocketPath: server.unixSocketPath)
        },
        server("password not wanted") { server, _ in
            try RedisServer(unixSocketPath: server.unixSocketPath, password: "s3cret")
        },
        server("no such database") { server, _ in
            try RedisServer(unixSocketPath: server.unixSocketPath, database: 99)
        },
        user("right to look up missing", without: "-hmget"),
        user("right to ECHO missing", without: "-echo"),
        user("right to tell the role missing", without: "-info", "-role"),
        user("right to the channel missing", .events, without: "resetchannels"),
        server("ECHO renamed", .lookup, EmbeddedRedisOptions(configuration: [#"rename-command ECHO """#])),
        server(
            "scripting switched off", .login,
            EmbeddedRedisOptions(configuration: [#"rename-command EVAL """#, #"rename-command EVALSHA """#])),
    ]
}
