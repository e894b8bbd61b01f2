import Testing

@testable import SessionRepository

@Suite("A renewal that is interrupted")
struct InterruptedRenewalTests {
    @Test("does not say that nothing happened once the old session has ended")
    func afterTheScript() async throws {
        // The script has run; then the server begins to load its data, and does not show the new session.
        let server = try FakeServer(
            .improvises(piece: 4096) { number in
                Array((number == 0 ? "*1\r\n$7\r\nrenewed\r\n" : "-LOADING Redis is loading\r\n").utf8)
            })
        defer { server.stop() }
        try await withRepository(at: try RedisServer(unixSocketPath: server.path)) { repository in
            let id = try unknownSession()
            let error = await failure { () throws(SessionRepositoryError) in try await repository.renewSession(id) }
            #expect(error == .timedOut)
        }
    }
}
