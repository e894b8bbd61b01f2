import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

/// scripts/redis/users.acl, loaded into a real server.
@Suite("The access list")
struct AccessListTests {
    private static let password = "s3cret"

    /// Gives `body` an administrator's connection, a repository of the user, and a repository that may do everything.
    private func with(
        _ user: String,
        _ body: (_ theirs: RedisSessionRepository, _ all: RedisSessionRepository, _ raw: RedisClient) async throws
            -> Void
    ) async throws {
        let list = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../scripts/redis/users.acl").standardizedFileURL.path
        try await withPrivateServer(EmbeddedRedisOptions(configuration: ["aclfile \(list)"])) { server in
            let administrator = try RedisClient.raw(server.url)
            try await administrator.send("ACL", "SETUSER", user, "on", ">\(Self.password)")
            let login = "redis+unix://\(user):\(Self.password)@\(server.unixSocketPath)"
            let theirs = try RedisClient.raw(login)
            try await withRepository(at: try RedisServer(url: login), configure: Self.configure) { repository in
                try await withRepository(at: try RedisServer(url: server.url), configure: Self.configure) { all in
                    try await body(repository, all, theirs)
                }
            }
            await theirs.shutdown()
            await administrator.shutdown()
        }
    }

    private static func configure(_ configuration: inout RedisSessionRepositoryConfiguration) {
        configuration.keyPrefix = "sr"
        configuration.refreshTokenKeys = keys
    }

    private static let keys = try? RefreshTokenKeys(signing: .generate(id: "k1"))

    private func isRefused<Value>(
        _ body: () async throws(SessionRepositoryError) -> Value, sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let error = await failure(sourceLocation: sourceLocation, of: body)
        guard case .storeRefused(code: "NOPERM", _) = error else {
            Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
            return
        }
    }

    @Test("Nobody has a password until the operator gives one")
    func off() async throws {
        try await with("operator") { _, _, raw in
            let list = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../../scripts/redis/users.acl").standardizedFileURL
            let users = try String(contentsOf: list, encoding: .utf8).split(separator: "\n")
            #expect(users.count == 3)
            for user in users { #expect(user.contains(" off resetpass ")) }
            #expect(try await raw.send("PING") == .string("PONG"))
        }
    }

    @Test("auth-middleware authorizes, sessions under a grant too, and can change nothing")
    func middleware() async throws {
        try await with("auth-middleware") { theirs, all, _ in
            let user = try UserID("user-42")
            let session = try await all.createSession(NewSession(userID: user, ticket: .none)).session
            let grant = try await all.saveSupportAccessGrant(
                NewSupportAccessGrant(
                    organizationID: try OrganizationID("acme"), grantedBy: "alice", expiry: .after(.seconds(600)),
                    grantedTo: .anyAdministrator))
            let support = try await all.createSession(NewSession(userID: user, ticket: .none, grantID: grant.id))
                .session

            #expect(try await theirs.authorize(session.id) == .active(session))
            #expect(try await theirs.authorize(support.id) == .active(support))
            #expect(try await theirs.findSession(session.id) == session)
            #expect(try await theirs.isRefreshTokenChainInvalidated(session.id) == false)
            _ = try await theirs.currentTime()

            await isRefused { () throws(SessionRepositoryError) in
                try await theirs.createSession(NewSession(userID: user, ticket: .none))
            }
            await isRefused { () throws(SessionRepositoryError) in try await theirs.terminateSession(session.id) }
            await isRefused { () throws(SessionRepositoryError) in
                try await theirs.terminateAllSessionsByUser(user)
            }
            await isRefused { () throws(SessionRepositoryError) in
                try await theirs.invalidateRefreshTokenChain(session.id)
            }
            await isRefused { () throws(SessionRepositoryError) in
                try await theirs.revokeSupportAccessGrant(grant.id)
            }
            await isRefused { () throws(SessionRepositoryError) in try await theirs.findActiveSessionsByUser(user) }
            await isRefused { () throws(SessionRepositoryError) in try await theirs.events() }
            #expect(try await all.authorize(session.id) == .active(session))
            #expect(try await all.authorize(support.id) == .active(support))
            #expect(try await all.findActiveSessionsByUser(user).count == 2)
        }
    }

    @Test("session-service does everything, and reaches nothing else")
    func service() async throws {
        try await with("session-service") { theirs, _, raw in
            var events = try await theirs.events().makeAsyncIterator()
            let user = try UserID("user-42")
            let created = try await theirs.createSession(
                NewSession(userID: user, ticket: try await theirs.beginLogin(user)))
            let session = created.session
            guard case .event(let event)? = try await events.next() else {
                Issue.record("an event was expected")
                return
            }
            #expect(event.sessionID == session.id)
            #expect(try await theirs.authorize(session.id) == .active(session))
            #expect(try await theirs.touch(session.id) == .recent)
            #expect(try await theirs.touch(session.id, ipAddress: "203.0.113.9") == .recorded)
            let shortened = try await theirs.shortenSession(session.id, for: .seconds(3600))
            #expect(shortened != .notActive)
            let token = try #require(created.refreshToken)
            #expect(try await theirs.rotateRefreshToken(token).word == "rotated")
            let renewed = try #require(try await theirs.renewSession(session.id, ticket: .none).created).session
            let grant = try await theirs.saveSupportAccessGrant(
                NewSupportAccessGrant(
                    organizationID: try OrganizationID("acme"), grantedBy: "alice", expiry: .after(.seconds(600)),
                    grantedTo: .anyAdministrator))
            let support = try await theirs.createSession(NewSession(userID: user, ticket: .none, grantID: grant.id))
                .session
            let shorter = try await theirs.saveSupportAccessGrant(
                NewSupportAccessGrant(
                    organizationID: grant.organizationID, grantedBy: "alice", expiry: .after(.seconds(60)),
                    id: grant.id, grantedTo: .anyAdministrator))
            #expect(try await theirs.findSession(support.id)?.expiresAt == shorter.expiresAt)
            #expect(try await theirs.listSupportAccessGrants(grant.organizationID) == [shorter])
            #expect(try await theirs.deleteExpiredSupportAccessGrants() == 0)
            let named = try await theirs.saveSupportAccessGrant(
                NewSupportAccessGrant(
                    organizationID: grant.organizationID, grantedBy: "alice", expiry: .after(.seconds(60)),
                    grantedTo: .administrator(user)))
            let extended = try await theirs.extendSupportAccessGrant(named.id, until: .after(.seconds(600)))
            #expect(try await theirs.listSupportAccessGrants(grantedTo: user) == [extended])
            #expect(try await theirs.revokeSupportAccessGrants(.administrator(user), by: nil) == 1)
            #expect(try await theirs.revokeSupportAccessGrant(grant.id) == .revoked)
            #expect(try await theirs.authorize(support.id).termination != nil)
            #expect(try await theirs.revokeSupportAccessGrants(.everyone, by: nil) == 0)
            #expect(try await theirs.invalidateRefreshTokenChain(renewed.id) == .invalidated)
            #expect(try await theirs.terminateAllSessionsByUser(user) == 1)
            _ = try await theirs.createSession(NewSession(userID: user, ticket: .none))
            #expect(try await theirs.terminateAllSessions() == 1)

            for command in [
                ["FLUSHALL"], ["CONFIG", "SET", "maxmemory", "1"], ["KEYS", "*"], ["GET", "other:key"],
                ["EVAL", "return redis.call('GET', 'other:key')", "0"], ["ACL", "WHOAMI"], ["SHUTDOWN"],
                ["PUBLISH", "other", "x"],
            ] {
                await #expect(throws: RedisError.self, "\(command)") { try await raw.send(command) }
            }
        }
    }

    @Test("operator looks at everything and changes nothing")
    func inspection() async throws {
        try await with("operator") { _, all, raw in
            let session = try await all.createSession(NewSession(userID: try UserID("user-42"), ticket: .none)).session
            let (key, index) = (all.keys.session(session.id), all.keys.userIndex(session.userID))
            #expect(try await raw.send("HGET", key, "state") == .string("active"))
            #expect(try await raw.send("ZRANGE", index, "0", "-1", "WITHSCORES").strings.count == 2)
            #expect(try await raw.send("PTTL", key).integer ?? 0 > 0)
            #expect(try await raw.keys(matching: "sr:*").count == 2)
            _ = try await raw.send("INFO")
            for command in [
                ["DEL", key], ["HSET", key, "state", "terminated"], ["PEXPIRE", key, "1"], ["ZREM", index, "x"],
                ["EVAL", "return 1", "0"], ["PUBLISH", "sr:events:0", "x"], ["FLUSHDB"], ["CONFIG", "SET", "save", ""],
                ["CLIENT", "KILL", "TYPE", "normal"], ["GET", "other:key"],
            ] {
                await #expect(throws: RedisError.self, "\(command)") { try await raw.send(command) }
            }
            #expect(try await all.authorize(session.id) == .active(session))
        }
    }
}
