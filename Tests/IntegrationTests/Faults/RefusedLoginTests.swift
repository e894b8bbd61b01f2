import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("A server that refuses the log-in")
    struct RefusedLoginTests {
        private static let secret = "correct horse+battery/staple?%"

        /// The error of a call by someone who logs in like this; patience would be a minute.
        private func refusal(_ server: RedisServer) async throws -> SessionRepositoryError? {
            var refusal: SessionRepositoryError?
            try await withRepository(at: server, configure: { $0.commandTimeout = .seconds(60) }) { repository in
                let start = ContinuousClock.now
                let id = try unknownSession()
                refusal = await failure { () throws(SessionRepositoryError) in try await repository.authorize(id) }
                // It is told as soon as the server has said no, not when the deadline comes.
                #expect(ContinuousClock.now - start < .seconds(45))
                let again = await failure { () throws(SessionRepositoryError) in try await repository.authorize(id) }
                #expect(again == refusal)
            }
            return refusal
        }

        @Test("A wrong password is refused with the server's code, and shown nowhere")
        func wrongPassword() async throws {
            try await withPrivateServer(EmbeddedRedisOptions(password: Self.secret)) { server in
                let wrong = "wrong-\(OperationID())"
                let error = try await refusal(RedisServer(unixSocketPath: server.unixSocketPath, password: wrong))
                guard case .storeRefused(code: "WRONGPASS", let message) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(!message.contains(wrong))
                #expect(!"\(String(reflecting: error))".contains(wrong))
            }
        }

        @Test("A wrong user is refused, and neither name nor password are shown")
        func wrongUser() async throws {
            try await withPrivateServer(EmbeddedRedisOptions(password: Self.secret)) { server in
                let error = try await refusal(
                    RedisServer(unixSocketPath: server.unixSocketPath, username: "mallory", password: Self.secret))
                guard case .storeRefused(code: "WRONGPASS", _) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(!"\(String(reflecting: error))".contains(Self.secret))
                #expect(!"\(String(reflecting: error))".contains("mallory"))
            }
        }

        @Test("No password where one is wanted is refused")
        func noPassword() async throws {
            try await withPrivateServer(EmbeddedRedisOptions(password: Self.secret)) { server in
                let error = try await refusal(RedisServer(unixSocketPath: server.unixSocketPath))
                #expect(
                    error
                        == .storeRefused(
                            code: "NOAUTH", message: "the server wants a password (\(server.unixSocketPath))"))
            }
        }

        @Test("A password where none is wanted is refused")
        func neededNone() async throws {
            try await withPrivateServer { server in
                let error = try await refusal(
                    RedisServer(unixSocketPath: server.unixSocketPath, password: Self.secret))
                guard case .storeRefused(code: "ERR", let message) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(!message.contains(Self.secret))
            }
        }

        @Test("A database that the server does not have is refused")
        func wrongDatabase() async throws {
            try await withPrivateServer { server in
                let error = try await refusal(RedisServer(unixSocketPath: server.unixSocketPath, database: 9999))
                guard case .storeRefused(code: "ERR", let message) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(
                    message
                        == "SELECT 9999 was refused: DB index is out of range (\(server.unixSocketPath))")
            }
        }

        @Test("The right password works, whatever characters it has, and so does a user of the access list")
        func accepted() async throws {
            let options = EmbeddedRedisOptions(
                password: Self.secret, configuration: ["user app on >s3cret ~* &* +@all"])
            try await withPrivateServer(options) { server in
                try await withStore(url: server.url) { try await self.works($0) }
                let url = "redis+unix://app:s3cret@\(server.unixSocketPath)"
                try await withStore(url: url) { store in
                    try await self.works(store)
                    #expect(try await store.redis.send("ACL", "WHOAMI") == .string("app"))
                }
            }
        }

        private func works(_ store: Store) async throws {
            let session = try await store.create(for: try store.user())
            #expect(try await store.repository.authorize(session.id) == .active(session))
        }
    }
}
