import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

/// What is measured by the clock: needs the machine for itself.
@Suite("Servers that are too slow, or close each connection", .serialized, .timeLimit(.minutes(5)))
struct OverloadMatrix {
    @Test("4,000 callers a second at a server of 800: nine tenths of what it can do, and quick refusals")
    func openLoop() async throws {
        let command = SlowServer.command(sleeping: 0.0012)
        try await SlowServer.run { slow in
            let capacity = try await slow.capacity(of: command, for: .seconds(3))
            var configuration = RedisClientConfiguration(endpoint: .unixSocket(path: slow.server.unixSocketPath))
            configuration.commandTimeout = .seconds(1)
            let client = try RedisClient(configuration: configuration, logger: .quiet)
            let loop = OpenLoop(client: client, arrivalsPerMillisecond: 4, command: command)
            let calls = await loop.run(for: .seconds(20)).filter { $0.asked >= .seconds(5) && $0.asked < .seconds(19) }
            let reconnects = client.connectionCounts.reconnects
            await client.shutdown()
            let goodput = Double(calls.count { $0.error == nil }) / 14
            let refusals = calls.filter { $0.error == .overloaded }.map(\.took).sorted()
            let others = calls.compactMap(\.error).filter { $0 != .overloaded }
            print("goodput \(Int(goodput)) of \(Int(capacity)) a second, \(calls.count) calls, \(others.count) others")
            print("others: \(Set(others))")
            try #require(!refusals.isEmpty)
            let late = refusals[refusals.count * 99 / 100]
            print("\(refusals.count) refusals, within \(late) at p99")
            #expect(goodput >= 0.9 * capacity)
            #expect(late <= .milliseconds(10))
            #expect(reconnects == 0)
            #expect(others.count < calls.count / 100)
        }
    }

    @Test("A server that closes after each log-in sees at most three a second, over ten seconds")
    func closing() async throws {
        let node = try FakeNode()
        defer { node.stop() }
        node.hangUpAfterLogIn()
        let server = try RedisServer(url: "redis://127.0.0.1:\(node.port)")
        try await withRepository(
            at: server,
            configure: {
                $0.commandTimeout = .seconds(1)
                $0.nearCache = NearCachePolicy()
            }
        ) { repository in
            let (events, isOver) = (Task { try? await repository.events() }, Flag())
            let id = try unknownSession()
            async let asking: [Void] = inParallel(64) { _ in
                while !isOver.isRaised { _ = try? await repository.authorize(id) }
            }
            try await Task.sleep(for: .seconds(10))
            let connections = node.connections
            isOver.raise()
            _ = try await asking
            events.cancel()
            print("\(connections) log-ins in ten seconds")
            #expect((5...30).contains(connections))
        }
    }
}
