import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    /// Deadlines are a minute: whoever waits for one of them is found out, also on a busy machine.
    @Suite("Where one of several alternatives accepts connections and says nothing")
    struct SilentAlternativeTests {
        private static let deadline = Duration.seconds(60)

        /// Somebody who accepts and never answers.
        private func withSilence(_ count: Int = 1, _ body: ([FaultProxy]) async throws -> Void) async throws {
            let proxies = try (0..<count).map { _ in try FaultProxy(to: .tcp(host: "127.0.0.1", port: 1)) }
            for proxy in proxies { await proxy.apply(.both(.swallow)) }
            do {
                try await body(proxies)
            } catch {
                for proxy in proxies { await proxy.stop() }
                throw error
            }
            for proxy in proxies { await proxy.stop() }
        }

        private func expectAnswer(
            from server: RedisServer, resolve: (@Sendable (String) -> [String])? = nil,
            _ body: (RedisSessionRepository) async throws -> Void = { _ = try await $0.currentTime() }
        ) async throws {
            let began = ContinuousClock.now
            try await withRepository(
                at: server,
                configure: {
                    $0.commandTimeout = Self.deadline
                    $0.connectTimeout = Self.deadline
                    $0.resolve = resolve
                }, body)
            #expect(ContinuousClock.now - began < Self.deadline / 2)
        }

        @Test("the next address of a name answers, for commands and for events")
        func addresses() async throws {
            try await withPrivateServer { server in
                let upstream = RedisEndpoint.unixSocket(path: server.unixSocketPath)
                let way = try FaultProxy(to: upstream)
                let silent = try FaultProxy(to: upstream, on: "127.0.0.2", port: way.port)
                await silent.apply(.both(.swallow))
                try await expectAnswer(
                    from: try RedisServer(host: "redis.test", port: Int(way.port)),
                    resolve: { _ in ["127.0.0.2", "127.0.0.1"] }
                ) { repository in
                    var events = try await repository.events().makeAsyncIterator()
                    let session = try await repository.createSession(
                        NewSession(userID: try UserID("anna"), ticket: .none)
                    ).session
                    #expect(try await events.next()?.sessionID == session.id)
                }
                await silent.stop()
                await way.stop()
            }
        }

        @Test("the other Sentinel answers")
        func sentinels() async throws {
            let group = try await SharedFleets.sentinels.value
            try await withSilence { silent in
                let ports = [Int(silent[0].port), group.sentinels[0].port]
                let server = try RedisServer(sentinels: ports.map { ("127.0.0.1", $0) }, masterName: "mymaster")
                try await expectAnswer(from: server)
            }
        }

        @Test("one of many seeds of a cluster answers")
        func seeds() async throws {
            let cluster = try await SharedFleets.cluster.value
            try await withSilence(30) { silent in
                let ports = silent.map { Int($0.port) } + [cluster.nodes[0].port]
                try await expectAnswer(from: try RedisServer(cluster: ports.map { ("127.0.0.1", $0) }))
            }
        }

        @Test("one of many seeds of a cluster answers late, while others are asked")
        func lateSeed() async throws {
            let cluster = try await SharedFleets.cluster.value
            let node = try #require(UInt16(exactly: cluster.nodes[0].port))
            let late = try FaultProxy(to: .tcp(host: "127.0.0.1", port: node))
            await late.apply(.both(.delay(.seconds(1))))
            try await withSilence(40) { silent in
                let ports = silent.map { Int($0.port) } + [Int(late.port)]
                try await expectAnswer(from: try RedisServer(cluster: ports.map { ("127.0.0.1", $0) }))
            }
            await late.stop()
        }
    }
}
