import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

@Suite("The connection of events", .timeLimit(.minutes(5)))
struct EventConnectionTests {
    @Test("A gap is told of while the server is gone, not when it is back")
    func gapAtOnce() async throws {
        try await withPrivateStore(checkingAfterwards: false) { store, server in
            var events = try await store.repository.events().makeAsyncIterator()
            try await server.kill()
            #expect(try await events.next() == .mayHaveMissed)
            #expect(!server.isRunning)
        }
    }

    /// A repository that logs in as `app`, whose rights an administrator may change.
    private func withUser(
        _ body: (_ administrator: RedisClient, _ repository: RedisSessionRepository) async throws -> Void
    ) async throws {
        try await withPrivateServer(EmbeddedRedisOptions(password: "s3cret")) { server in
            let administrator = try RedisClient.raw(server.url)
            try await administrator.send("ACL", "SETUSER", "app", "on", ">app", "~*", "&*", "+@all")
            let theirs = try RedisServer(url: "redis+unix://app:app@\(server.unixSocketPath)")
            try await withRepository(at: theirs) { repository in
                try await body(administrator, repository)
            }
            await administrator.shutdown()
        }
    }

    @Test("A refusal that lasts ends the sequence with the server's words")
    func refused() async throws {
        try await withUser { administrator, repository in
            var events = try await repository.events().makeAsyncIterator()
            // Ends the connection, too.
            try await administrator.send("ACL", "SETUSER", "app", "resetchannels")
            #expect(try await events.next() == .mayHaveMissed)
            let refusal = await failure { () throws(SessionRepositoryError) in try await events.next() }
            guard case .storeRefused("NOPERM", let message) = refusal else {
                Issue.record("\(String(describing: refusal))")
                return
            }
            #expect(message.hasPrefix("SUBSCRIBE \(repository.keys.events) was refused: "))
        }
    }

    @Test("A refusal that passes does not")
    func refusedOnce() async throws {
        try await withUser { administrator, repository in
            var events = try await repository.events().makeAsyncIterator()
            try await administrator.send("ACL", "SETUSER", "app", "resetchannels")
            try await administrator.send("ACL", "SETUSER", "app", "&*")
            for _ in 0..<2 { #expect(try await events.next() == .mayHaveMissed) }
            let session = try await repository.createSession(NewSession(userID: try UserID("user-42"), ticket: .none))
                .session
            #expect(try await events.next()?.sessionID == session.id)
        }
    }

    @Test("Events of another database of the same server are not heard")
    func databases() async throws {
        try await withPrivateServer { server in
            let places = try (0...1).map { try RedisServer(unixSocketPath: server.unixSocketPath, database: $0) }
            try await withRepository(at: places[0], configure: { $0.keyPrefix = "sr" }) { first in
                try await withRepository(at: places[1], configure: { $0.keyPrefix = "sr" }) { second in
                    var events = try await first.events().makeAsyncIterator()
                    var others = try await second.events().makeAsyncIterator()
                    let user = try UserID("user-42")
                    let theirs = try await second.createSession(NewSession(userID: user, ticket: .none)).session
                    let session = try await first.createSession(NewSession(userID: user, ticket: .none)).session
                    #expect(try await events.next()?.sessionID == session.id)
                    #expect(try await others.next()?.sessionID == theirs.id)
                }
            }
        }
    }
}
