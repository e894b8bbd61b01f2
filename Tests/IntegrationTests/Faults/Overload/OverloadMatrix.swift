import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

/// What is measured by the clock: needs the machine for itself.
@Suite("Servers that close each connection", .serialized, .timeLimit(.minutes(5)))
struct OverloadMatrix {
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
