import EmbeddedRedis
import Foundation
import Logging
import Testing

@testable import RedisClient
@testable import SessionRepository

@Suite("A connection that is told to look anew for its server", .timeLimit(.minutes(2)))
struct RelocationTests {
    private func connection(to server: EmbeddedRedis) throws -> RedisConnection {
        let endpoint = RedisEndpoint.unixSocket(path: server.unixSocketPath)
        var configuration = RedisClientConfiguration(endpoint: endpoint)
        configuration.connectTimeout = .seconds(60)
        configuration.commandTimeout = .seconds(60)
        return try RedisConnection(
            configuration: configuration, source: EndpointSource(endpoint: endpoint), asksIdentity: true,
            logger: .quiet)
    }

    private func connections(of server: EmbeddedRedis) async throws -> Int? {
        let info = try await server.send(["INFO", "stats"]).string
        return info?.firstMatch(of: /total_connections_received:(\d+)/).flatMap { Int($0.1) }
    }

    @Test("does so when it is connected")
    func connected() async throws {
        try await withPrivateServer { server in
            let connection = try connection(to: server)
            try await connection.execute(RedisCommand("PING")) { _ in }
            let identity = try #require(connection.identity)
            let before = try #require(try await connections(of: server))
            connection.relocate("test")
            try await eventually("it has connected anew") {
                try await connection.execute(RedisCommand("PING")) { _ in }
                // One more for each time that we look.
                return try await connections(of: server) ?? 0 > before + 1
            }
            #expect(connection.identity == identity)
            await connection.shutdown()
        }
    }

    @Test("does not break off an attempt that is under way, however often it is told")
    func connecting() async throws {
        try await withPrivateServer { server in
            let before = try #require(try await connections(of: server))
            server.signal(SIGSTOP)
            let connection = try connection(to: server)
            async let answer: Void = connection.execute(RedisCommand("PING")) { _ in }
            // The kernel accepts; the log-in waits. Told at many moments of it.
            for _ in 0..<20 {
                connection.relocate("test")
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(connection.identity == nil)
            server.signal(SIGCONT)
            try await answer
            #expect(try await connections(of: server) == before + 2)
            await connection.shutdown()
        }
    }

    @Test("does not when it is there, under whatever name it was found")
    func samePlace() async throws {
        try await withPrivateServer(EmbeddedRedisOptions(listensOnPort: true)) { server in
            let port = UInt16(try #require(server.port))
            let endpoint = RedisEndpoint.tcp(host: "127.0.0.1", port: port)
            var configuration = RedisClientConfiguration(endpoint: endpoint)
            configuration.connectTimeout = .seconds(60)
            configuration.commandTimeout = .seconds(60)
            let connection = try RedisConnection(
                configuration: configuration, source: EndpointSource(endpoint: endpoint), logger: .quiet)
            func number() async throws -> Int64? {
                try await connection.execute(RedisCommand("CLIENT", "ID")) { $0.integer }
            }
            let first = try await number()
            connection.relocate(
                unlessAtOneOf: [.numeric(host: "127.0.0.1", port: port, name: "redis.example")], "the master has moved")
            #expect(try await number() == first)
            connection.relocate(
                unlessAtOneOf: [.numeric(host: "127.0.0.2", port: port, name: "127.0.0.1")], "the master has moved")
            try await eventually("it has connected anew") { try await number() != first }
            await connection.shutdown()
        }
    }
}
