import Testing

@testable import SessionRepository

@Suite("A renewal that is interrupted")
struct InterruptedRenewalTests {
    @Test("does not say that nothing happened once the old session has ended")
    func afterTheScript() async throws {
        // The script has run; then the server begins to load its data, and does not show the new session.
        let node = try FakeNode()
        defer { node.stop() }
        node.serves("") { command in
            switch command.first {
            case "EVALSHA": FakeNode.scriptAnswer(to: command, "*1\r\n$7\r\nrenewed\r\n")
            case "HGETALL": "-LOADING Redis is loading\r\n"
            default: "+OK\r\n"
            }
        }
        try await withRepository(at: try RedisServer(url: "redis://127.0.0.1:\(node.port)")) { repository in
            let id = try unknownSession()
            let error = await failure { () throws(SessionRepositoryError) in
                try await repository.renewSession(id, ticket: .none)
            }
            #expect(error == .timedOut)
        }
    }
}
