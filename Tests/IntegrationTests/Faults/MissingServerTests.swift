import EmbeddedRedis
import Foundation
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("No server at all")
    struct MissingServerTests {
        @Test("A call throws by its deadline and says that the store cannot be reached")
        func nobodyListens() async throws {
            let nowhere = try RedisServer(unixSocketPath: "/nonexistent/session-repository.sock")
            try await withRepository(at: nowhere, configure: { $0.commandTimeout = .milliseconds(200) }) { repository in
                let id = try unknownSession()
                let errors = await outcomes(32) { _ throws(SessionRepositoryError) in
                    try await repository.authorize(id)
                }
                for error in errors.map(\.error) {
                    guard case .storeUnavailable(let reason) = error else {
                        Issue.record("\(String(describing: error))")
                        continue
                    }
                    #expect(!reason.isEmpty)
                }
            }
        }

        @Test("A host that does not resolve is unreachable, not a crash and not unknown")
        func noSuchHost() async throws {
            let nowhere = try RedisServer(host: "no-such-host.invalid")
            try await withRepository(at: nowhere, configure: { $0.commandTimeout = .milliseconds(300) }) { repository in
                let id = try unknownSession()
                let error = await failure { () throws(SessionRepositoryError) in try await repository.authorize(id) }
                guard case .storeUnavailable = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
        }

        @Test("A port where nobody listens is unreachable")
        func closedPort() async throws {
            try await withPrivateServer(EmbeddedRedisOptions(listensOnPort: true)) { server in
                let port = try #require(server.port)
                try await server.kill()
                try await withRepository(
                    at: try RedisServer(host: "127.0.0.1", port: port),
                    configure: { $0.commandTimeout = .milliseconds(300) }
                ) { repository in
                    let error = await failure { () throws(SessionRepositoryError) in
                        try await repository.currentTime()
                    }
                    guard case .storeUnavailable = error else {
                        Issue.record("\(String(describing: error))")
                        return
                    }
                }
            }
        }

        @Test("Cancelling frees a call that waits for a server")
        func cancellation() async throws {
            let nowhere = try RedisServer(unixSocketPath: "/nonexistent/session-repository.sock")
            try await withRepository(at: nowhere, configure: { $0.commandTimeout = .seconds(600) }) { repository in
                let id = try unknownSession()
                let call = Task {
                    await failure { () throws(SessionRepositoryError) in try await repository.authorize(id) }
                }
                call.cancel()
                #expect(await call.value == .cancelled)
            }
        }

        @Test("Shutting down answers calls that wait for a server")
        func shutdown() async throws {
            let nowhere = try RedisServer(unixSocketPath: "/nonexistent/session-repository.sock")
            try await withRepository(at: nowhere, configure: { $0.commandTimeout = .seconds(600) }) { repository in
                let id = try unknownSession()
                let calls = (0..<8).map { _ in
                    Task { await failure { () throws(SessionRepositoryError) in try await repository.authorize(id) } }
                }
                await repository.shutdown()
                for call in calls { #expect(await call.value == .shutDown) }
            }
        }
    }
}
