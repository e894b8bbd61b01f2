import EmbeddedRedis
import Foundation
import Logging
import Testing

@testable import SessionRepository

@Suite("Events", .timeLimit(.minutes(2)))
struct EventTests {
    @Test("Another process hears each change of a session's life, in order")
    func life() async throws {
        let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
        var policy = SessionPolicy()
        policy.reuseInterval = .zero
        try await withStore(policy: policy, configure: { $0.refreshTokenKeys = tokens }) { store in
            var events = try await store.repository.events().makeAsyncIterator()
            let (user, admin) = (try store.user(), try store.user("admin"))
            let first = try await store.repository.createSession(store.session(for: user))
            let id = first.session.id
            _ = try await store.repository.terminateSession(id, by: "root", reason: "lost \"phone\" / ü")
            let second = try await store.repository.createSession(store.session(for: user))
            let spent = try #require(second.refreshToken)
            _ = try await store.repository.rotateRefreshToken(spent)
            _ = try await store.repository.rotateRefreshToken(spent)
            let third = try await store.create(for: user).id
            _ = try await store.repository.invalidateRefreshTokenChain(third, reason: "stolen")
            let grant = try await store.grant(to: admin)
            let support = try await store.supportSession(of: admin, under: grant.id).id
            _ = try await store.repository.revokeSupportAccessGrant(grant.id, by: "alice")
            _ = try await store.repository.terminateAllSessionsByUser(user)

            let now = first.session.createdAt
            let reused = second.session.id
            let organization = grant.organizationID
            let expected: [SessionEvent] = [
                .init(.sessionCreated, at: now, sessionID: id, userID: user),
                .init(
                    .sessionTerminated, at: now, sessionID: id, userID: user, by: "root", reason: "lost \"phone\" / ü"),
                .init(.sessionCreated, at: now, sessionID: reused, userID: user),
                .init(.refreshTokenReuse, at: now, sessionID: reused, userID: user),
                .init(
                    .sessionTerminated, at: now, sessionID: reused, userID: user,
                    reason: Termination.refreshTokenReuseReason),
                .init(.sessionCreated, at: now, sessionID: third, userID: user),
                .init(.chainInvalidated, at: now, sessionID: third, userID: user, reason: "stolen"),
                .init(
                    .grantSaved, at: now, userID: admin, grantID: grant.id, organizationID: organization, by: "alice",
                    reason: "ticket 7", expiresAt: grant.expiresAt),
                .init(.sessionCreated, at: now, sessionID: support, userID: admin, grantID: grant.id),
                .init(.grantRevoked, at: now, grantID: grant.id, organizationID: organization, by: "alice"),
                .init(
                    .sessionTerminated, at: now, sessionID: support, userID: admin, by: "alice",
                    reason: Termination.supportAccessRevokedReason),
                .init(.sessionTerminated, at: now, sessionID: third, userID: user),
            ]
            var heard: [SessionEvent] = []
            while heard.count < expected.count, case .event(let event)? = try await events.next() {
                #expect(event.at >= now && event.at < now + 3600)
                heard.append(event.replacing(at: now))
            }
            #expect(heard == expected)
        }
    }

    @Test("An expired session is told of when somebody looks")
    func expired() async throws {
        try await withStore { store in
            let user = try store.user()
            var events = try await store.repository.events().makeAsyncIterator()
            let kept = try await store.create(for: user)
            var new = store.session(for: user)
            new.lifetime = .milliseconds(20)
            let short = try await store.repository.createSession(new).session
            try await eventually("the session expires") {
                try await store.repository.findActiveSessionsByUser(user).map(\.id) == [kept.id]
            }
            // A session that ends in this very millisecond is not listed and not yet pruned.
            _ = try await store.nextMillisecond()
            _ = try await store.repository.findActiveSessionsByUser(user)
            var kinds: [SessionEvent.Kind] = []
            for _ in 0..<3 {
                guard case .event(let event)? = try await events.next() else { break }
                kinds.append(event.kind)
                if event.kind == .sessionExpired { #expect(event.sessionID == short.id) }
            }
            #expect(kinds == [.sessionCreated, .sessionCreated, .sessionExpired])
        }
    }

    @Test("After a lost connection the reader is told that events may be missing, and hears those that follow")
    func reconnect() async throws {
        try await withPrivateStore { store, _ in
            var events = try await store.repository.events().makeAsyncIterator()
            let first = try await store.create(for: try store.user())
            #expect(try await events.next()?.sessionID == first.id)
            try await store.redis.send("CLIENT", "KILL", "TYPE", "pubsub")
            // When the connection is lost, and when it is back.
            for _ in 0..<2 { #expect(try await events.next() == .mayHaveMissed) }
            let second = try await store.create(for: try store.user())
            #expect(try await events.next()?.sessionID == second.id)
        }
    }

    @Test("A server that comes back is heard again")
    func restart() async throws {
        try await withPrivateStore { store, server in
            var events = try await store.repository.events().makeAsyncIterator()
            try await server.kill()
            #expect(try await events.next() == .mayHaveMissed)
            try await server.restart()
            #expect(try await events.next() == .mayHaveMissed)
            let session = try await store.create(for: try store.user())
            #expect(try await events.next()?.sessionID == session.id)
        }
    }

    @Test("A reader that falls behind is told so, and costs no more than its buffer")
    func overflow() async throws {
        let (buffer, events) = SessionEventBuffer.make()
        let event = SessionEvent(.sessionCreated, at: Date())
        for _ in 0..<SessionEventBuffer.limit + 50 { buffer.append(event) }
        var iterator = events.makeAsyncIterator()
        for _ in 0..<SessionEventBuffer.limit { #expect(try await iterator.next() == .event(event)) }
        buffer.append(event)
        buffer.finish()
        #expect(try await iterator.next() == .mayHaveMissed)
        #expect(try await iterator.next() == .event(event))
        #expect(try await iterator.next() == nil)
    }

    @Test("The sequence ends with the repository, and a repository that is shut down opens none")
    func shutdown() async throws {
        try await withStore(checkingAfterwards: false) { store in
            var events = try await store.repository.events().makeAsyncIterator()
            await store.repository.shutdown()
            #expect(try await events.next() == nil)
            let error = await failure { () throws(SessionRepositoryError) in try await store.repository.events() }
            #expect(error == .shutDown)
        }
    }

    @Test("A reader keeps its connection, also when the repository is let go before it")
    func dropped() async throws {
        try await withPrivateStore { store, server in
            var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(url: server.url))
            configuration.keyPrefix = store.prefix
            configuration.commandTimeout = .seconds(20)
            func subscribers() async throws -> Int64? {
                try await store.redis.send("PUBSUB", "NUMSUB", store.keys.events).array.last?.integer
            }
            do {
                var events = try await RedisSessionRepository(configuration: configuration, logger: .quiet).events()
                    .makeAsyncIterator()
                let session = try await store.create(for: try store.user())
                #expect(try await events.next()?.sessionID == session.id)
            }
            try await eventually("it is gone") { try await subscribers() == 0 }
        }
    }

    @Test("A reader that goes takes its connection along")
    func leaves() async throws {
        try await withPrivateStore { store, server in
            func subscribers() async throws -> Int64? {
                try await store.redis.send("PUBSUB", "NUMSUB", store.keys.events).array.last?.integer
            }
            let reader = Task {
                for try await _ in try await store.repository.events() {}
            }
            try await eventually("it listens") { try await subscribers() == 1 }
            reader.cancel()
            try await eventually("it is gone") { try await subscribers() == 0 }
        }
    }

    @Test("Without a server there is nothing to listen to, and nothing stays behind")
    func missingServer() async throws {
        try await withRepository(
            at: try RedisServer(unixSocketPath: "/nonexistent/redis.sock"),
            configure: { $0.commandTimeout = .milliseconds(50) }
        ) { repository in
            let error = await failure { () throws(SessionRepositoryError) in try await repository.events() }
            #expect(error?.code == "storeUnavailable")
        }
    }

    @Test("What is no event of ours is passed over")
    func nonsense() async throws {
        try await withStore { store in
            var events = try await store.repository.events().makeAsyncIterator()
            for text in [
                "", "nonsense", "{}", "[1]", #"{"event":"newKind","at":1}"#, #"{"event":"sessionCreated","at":-1}"#,
                #"{"event":"sessionCreated","at":"now"}"#,
            ] {
                try await store.redis.send("PUBLISH", store.keys.events, text)
            }
            let session = try await store.create(for: try store.user())
            #expect(try await events.next()?.sessionID == session.id)
        }
    }
}

extension SessionEvent {
    func replacing(at date: Date) -> SessionEvent {
        SessionEvent(
            kind, at: date, sessionID: sessionID, userID: userID, grantID: grantID, organizationID: organizationID,
            by: by, reason: reason, expiresAt: expiresAt)
    }
}

extension SessionEvents.Element {
    var sessionID: SessionID? {
        if case .event(let event) = self { event.sessionID } else { nil }
    }
}
