import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

@Suite("The log of an outage", .timeLimit(.minutes(5)))
struct OutageLogTests {
    @Test("says when it began, and when it is over")
    func counterpart() async throws {
        let log = CapturedLog()
        try await withPrivateServer { server in
            var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(url: server.url))
            configuration.commandTimeout = .seconds(20)
            let repository = try RedisSessionRepository(configuration: configuration, logger: log.logger)
            _ = try await repository.currentTime()
            #expect(log.notable.isEmpty)
            try await server.kill()
            try await eventually("it is noticed") { !log.notable.isEmpty }
            try await server.restart()
            try await eventually("it is over") {
                _ = try? await repository.currentTime()
                return log.notable == ["warning connection lost", "notice connection restored"]
            }
            await repository.shutdown()
        }
    }
}
