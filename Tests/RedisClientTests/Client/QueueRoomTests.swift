import Logging
import Testing

@testable import RedisClient

@Suite("Room in the queue", .timeLimit(.minutes(1)))
struct QueueRoomTests {
    /// Nothing may be left to wake the loop then: no connection, no deadline, and a refused command does not either.
    @Test("comes back when all that filled the queue has failed without a connection")
    func comesBack() async throws {
        var configuration = RedisClientConfiguration(endpoint: .unixSocket(path: "/nonexistent/redis.sock"))
        configuration.commandTimeout = .milliseconds(20)
        configuration.maximumQueuedCommands = 1
        let client = try RedisClient(
            configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for _ in 0..<3 {
            let failure = await failureOnceAdmitted(client)
            guard case .unavailable = failure else {
                Issue.record("not unavailable: \(failure.map { "\($0)" } ?? "a reply")")
                break
            }
        }
        await client.shutdown()
    }

    /// The room comes back a moment after the caller has been freed.
    private func failureOnceAdmitted(_ client: RedisClient) async -> RedisError? {
        let patience = MonotonicTime.now() + .seconds(10)
        while true {
            do throws(RedisError) {
                try await client.execute(RedisCommand("PING")) { _ in }
                return nil
            } catch {
                guard error == .overloaded, MonotonicTime.now() < patience else { return error }
                await Task.yield()
            }
        }
    }
}
