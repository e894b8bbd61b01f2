import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("The proxy itself")
    struct ProxyTests {
        private func withProxy(
            timeout: Duration = .seconds(20), _ body: (FaultProxy, RedisClient, EmbeddedRedis) async throws -> Void
        ) async throws {
            // A replica's copy begins at once.
            let options = EmbeddedRedisOptions(configuration: ["repl-diskless-sync-delay 0"])
            try await withPrivateServer(options) { server in
                let proxy = try FaultProxy(to: .unixSocket(path: server.unixSocketPath))
                let client = try RedisClient.raw("redis://127.0.0.1:\(proxy.port)", timeout: timeout)
                do {
                    try await body(proxy, client, server)
                } catch {
                    await client.shutdown()
                    await proxy.stop()
                    throw error
                }
                await client.shutdown()
                try await eventually("the connections are gone") { proxy.connections == 0 }
                await proxy.stop()
            }
        }

        @Test("passes everything on, also more than its buffer holds")
        func passes() async throws {
            try await withProxy { _, client, _ in
                let long = String(repeating: "0123456789abcdef", count: 200_000)
                try await client.send("SET", "k", long)
                #expect(try await client.send("GET", "k") == .string(long))
            }
        }

        @Test(
            "passes everything on, byte by byte or late",
            arguments: [
                LinkRules.both(.byteWise), .both(.delay(.milliseconds(50))),
                LinkRules(towardsServer: .delay(.milliseconds(30)), towardsClient: .byteWise),
            ])
        func distorts(_ rules: LinkRules) async throws {
            try await withProxy { proxy, client, _ in
                await proxy.apply(rules)
                let long = String(repeating: "0123456789abcdef", count: 2_000)
                let begin = ContinuousClock.now
                try await client.send("SET", "k", long)
                #expect(try await client.send("GET", "k") == .string(long))
                if case .delay = rules.towardsServer { #expect(ContinuousClock.now - begin >= .milliseconds(60)) }
            }
        }

        @Test("holds everything back until it is told otherwise, and then nothing is missing")
        func holds() async throws {
            try await withProxy { proxy, client, server in
                try await client.send("SET", "n", "0")
                await proxy.apply(LinkRules(towardsServer: .hold))
                async let values = inParallel(8) { _ in try await client.send("INCR", "n") }
                await proxy.apply(LinkRules(towardsClient: .hold))
                let direct = try RedisClient.raw(server.url)
                try await eventually("they have reached the server") {
                    try await direct.send("GET", "n") == .string("8")
                }
                await direct.shutdown()
                await proxy.heal()
                #expect(try await values.compactMap(\.integer).sorted() == Array(1...8))
            }
        }

        @Test(
            "swallows in one direction or in both; healed, the connection is a new one",
            arguments: [
                LinkRules.both(.swallow), LinkRules(towardsServer: .swallow), LinkRules(towardsClient: .swallow),
            ])
        func swallows(_ rules: LinkRules) async throws {
            try await withProxy(timeout: .milliseconds(200)) { proxy, client, server in
                let direct = try RedisClient.raw(server.url)
                func count() async throws -> Int { try await direct.send("GET", "n").string.flatMap(Int.init) ?? -1 }
                try await eventually("there is a connection") {
                    (try? await client.send("SET", "n", "0")) != nil
                }
                await proxy.apply(rules)
                try await eventually("a command is sent, and not answered") {
                    do throws(RedisError) {
                        try await client.send("INCR", "n")
                        Issue.record("it was answered")
                    } catch {
                        return error == .timedOut
                    }
                    return true
                }
                // What went towards the server arrives there, where the answer alone is lost.
                if rules.towardsServer != .swallow { try await eventually("it arrives") { try await count() >= 1 } }
                await proxy.heal()
                try await eventually("it works again") { (try? await client.send("PING")) != nil }
                if rules.towardsServer == .swallow { #expect(try await count() == 0) }
                await direct.shutdown()
            }
        }

        @Test("resets, refuses, and lets in again on the same port", arguments: [LinkRules.Admission.reset, .refuse])
        func turnsAway(_ admission: LinkRules.Admission) async throws {
            try await withProxy(timeout: .milliseconds(500)) { proxy, client, _ in
                try await eventually("there is a connection") { (try? await client.send("PING")) != nil }
                await proxy.apply(LinkRules(admission: admission))
                #expect(proxy.connections == 0)
                await #expect(throws: RedisError.self) { try await client.send("PING") }
                await proxy.heal()
                try await eventually("it works again") { (try? await client.send("PING")) != nil }
            }
        }

        @Test("puts garbage into replies, until it is told otherwise")
        func garbage() async throws {
            try await withProxy(timeout: .milliseconds(500)) { proxy, client, _ in
                try await eventually("there is a connection") { (try? await client.send("SET", "k", "v")) != nil }
                await proxy.apply(LinkRules(towardsClient: .garbage))
                try await eventually("a reply is damaged") {
                    (try? await client.send("GET", "k")) != .string("v")
                }
                await proxy.heal()
                try await eventually("it works again") { (try? await client.send("GET", "k")) == .string("v") }
            }
        }

        @Test("leads elsewhere when it is told to, and a replica follows its master through it")
        func redirects() async throws {
            try await withPrivateServer { other in
                try await withProxy { proxy, client, _ in
                    try await client.send("SET", "k", "first")
                    let replica = try RedisClient.raw(other.url)
                    try await replica.send("REPLICAOF", "127.0.0.1", "\(proxy.port)")
                    try await eventually("it has been copied") {
                        try await replica.send("GET", "k") == .string("first")
                    }
                    try await replica.send("REPLICAOF", "NO", "ONE")
                    try await replica.send("SET", "k", "second")
                    await replica.shutdown()
                    await proxy.redirect(to: .unixSocket(path: other.unixSocketPath))
                    #expect(try await client.send("GET", "k") == .string("second"))
                }
            }
        }

        @Test("damages single replies and leaves the connection open", arguments: Damage.Kind.allCases)
        func damages(_ kind: Damage.Kind) async throws {
            try await withPrivateServer { server in
                let proxy = try FaultProxy(to: .unixSocket(path: server.unixSocketPath))
                let peer = try PlainPeer(port: proxy.port)
                // The first reply of a burst is hit, so that a swap has a next one.
                let commands = ["ECHO a", "ECHO b", "ECHO c"].joined(separator: "\r\n") + "\r\n"
                let (a, b, c) = ("$1\r\na\r\n", "$1\r\nb\r\n", "$1\r\nc\r\n")
                #expect(try peer.ask(commands, expecting: 21) == a + b + c)
                await proxy.apply(.damaging(Damage(kind: kind, oneIn: 1)))
                let expected =
                    switch kind {
                    case .swallow: b + c
                    case .double: a + a + b + c
                    case .insertError: "-ERR x\r\n" + a + b + c
                    case .insertPush: ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n" + a + b + c
                    case .swap: b + b + c
                    }
                #expect(try peer.ask(commands, expecting: expected.utf8.count) == expected)
                // Once, as it was told; and the same connection goes on when it is healed.
                #expect(try peer.ask(commands, expecting: 21) == a + b + c)
                #expect(proxy.hits == 1)
                await proxy.heal()
                #expect(try peer.ask(commands, expecting: 21) == a + b + c)
                peer.close()
                await proxy.stop()
            }
        }

        @Test(
            "switches its address without resetting what is open: that goes on at the old server, or is cut silently",
            arguments: [FaultProxy.OpenConnections.kept, .frozen])
        func switches(_ open: FaultProxy.OpenConnections) async throws {
            try await withPrivateServer { other in
                try await withProxy(timeout: .milliseconds(500)) { proxy, client, _ in
                    try await client.send("SET", "k", "first")
                    let direct = try RedisClient.raw(other.url)
                    try await direct.send("SET", "k", "second")
                    await direct.shutdown()
                    await proxy.redirect(to: .unixSocket(path: other.unixSocketPath), open: open)
                    if open == .kept {
                        #expect(try await client.send("GET", "k") == .string("first"))
                        await proxy.reset()
                    }
                    try await eventually("it is at the other server") {
                        (try? await client.send("GET", "k")) == .string("second")
                    }
                    // What is frozen hears of no end either.
                    await proxy.reset()
                }
            }
        }
    }
}
