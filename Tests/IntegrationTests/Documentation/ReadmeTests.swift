import Configuration
import EmbeddedRedis
import Foundation
import RedisClient
import ServiceLifecycle
import SessionRepository
import Testing

@Suite("README")
struct ReadmeTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

    @Test("The Swift examples are those that are compiled here", arguments: ["ReadmeExample", "ReadmeService"])
    func exampleIsCompiled(name: String) throws {
        let root = Self.folder.appending(path: "../../..").standardizedFileURL
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let compiled = try String(contentsOf: Self.folder.appending(path: "\(name).swift"), encoding: .utf8)
        #expect(readme.contains("```swift\n\(compiled)```"))
    }

    /// Uses its sessions once, and then waits to be told to end.
    private struct Server: Service {
        let sessions: RedisSessionRepository
        let used: Flag

        func run() async throws {
            _ = try await sessions.currentTime()
            used.raise()
            try await gracefulShutdown()
        }
    }

    @Test("The example of a service runs with what the environment says")
    func serviceRuns() async throws {
        let config = ConfigReader(
            provider: EnvironmentVariablesProvider(environmentVariables: [
                "SESSION_REDIS_URL": try await SharedServer.url(), "SESSION_COMMAND_TIMEOUT": "20s",
                "SESSION_CONNECT_TIMEOUT": "20s",
            ]))
        let used = Flag()
        let run = Task { try await serve(config) { Server(sessions: $0, used: used) } }
        try await eventually("the server has used its sessions") { used.isRaised }
        run.cancel()
        _ = await run.result
    }

    @Test("The Swift example does what it says")
    func exampleRuns() async throws {
        // It uses the default prefix, so it gets a server of its own.
        try await withPrivateServer { server in
            let redis = try RedisClient.raw(server.url)
            try await eventually("each of its calls is answered within its second") {
                try await redis.send("FLUSHALL")
                return (try? await tour(of: server.url)) != nil
            }
            let records = try await redis.keys(matching: "sr:session:*")
            #expect(records.count == 1)
            for record in records {
                #expect(try await redis.send("HGET", record, "state") == .string("terminated"))
            }
            await redis.shutdown()
        }
    }
}
