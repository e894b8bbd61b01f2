import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

@Suite("A store that comes back empty", .timeLimit(.minutes(5)))
struct EmptiedStoreTests {
    /// Asks for the session until the repository knows; each time it is unknown.
    private func expectLoss(of id: SessionID, noticedBy repository: RedisSessionRepository) async throws {
        try await eventually("the loss is noticed") {
            let answer = try await repository.authorize(id)
            #expect(answer == .unknown)
            return repository.storeCondition != .intact
        }
    }

    @Test("by FLUSHALL, is a condition, a metric, a log entry and a finding until its sessions are there again")
    func flushed() async throws {
        let (observed, log) = (Observed(), CapturedLog())
        try await withPrivateServer { server in
            var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(url: server.url))
            configuration.commandTimeout = .seconds(20)
            configuration.observability = observed.observability
            let repository = try RedisSessionRepository(configuration: configuration, logger: log.logger)
            let redis = try RedisClient.raw(server.url)
            let session = try await repository.createSession(NewSession(userID: try UserID("user-42"), ticket: .none))
                .session
            let key = repository.keys.session(session.id)
            // Created an hour ago: more than two clocks are apart.
            let created = try #require(session.createdAt.unixMilliseconds) - 3_600_000
            try await redis.send("HSET", key, "created", "\(created)", "authenticated", "\(created)")
            #expect(try await repository.authorize(session.id).isActive)
            #expect(repository.storeCondition == .intact)
            try await redis.send("COPY", key, key, "DB", "1")
            try await redis.send("FLUSHDB")

            try await expectLoss(of: session.id, noticedBy: repository)
            repository.reportMetrics()
            #expect(observed.level(.storeEmptied) == 1)
            let message = "error the store is empty, though sessions should be there: every session is unknown"
            #expect(log.notable == [message])
            let finding = try await repository.checkHealth().first { $0.name == "data" }
            #expect(finding?.status == .fail)

            // A new login brings nothing back.
            _ = try await repository.createSession(NewSession(userID: try UserID("user-42"), ticket: .none))
            #expect(repository.storeCondition != .intact)
            try await redis.send(
                "EVAL", "redis.call('SELECT', 1) return redis.call('COPY', KEYS[1], KEYS[1], 'DB', 0)", "1", key)
            #expect(try await repository.authorize(session.id).isActive)
            #expect(repository.storeCondition == .intact)
            repository.reportMetrics()
            #expect(observed.level(.storeEmptied) == 0)
            #expect(log.notable == [message, "notice the store has the sessions again that it had lost"])
            await redis.shutdown()
            await repository.shutdown()
        }
    }

    @Test("by a restart without persistence, is noticed at the first unknown session")
    func restarted() async throws {
        try await withPrivateStore { store, server in
            let session = try await store.create(for: try store.user())
            try await server.restart()
            try await expectLoss(of: session.id, noticedBy: store.repository)
        }
    }

    @Test("is not one that has other sessions, nor one where nothing was seen, however many are unknown")
    func intact() async throws {
        try await withPrivateStore { store, _ in
            for _ in 0..<10 { #expect(try await store.repository.authorize(unknownSession()) == .unknown) }
            let session = try await store.create(for: try store.user())
            _ = try await store.repository.terminateSession(session.id)
            try await eventually("it is looked into") {
                let answer = try await store.repository.authorize(unknownSession())
                #expect(answer == .unknown)
                let calls = try await store.redis.send("INFO", "commandstats").string
                return calls?.contains("cmdstat_dbsize:") == true
            }
            #expect(store.repository.storeCondition == .intact)
        }
    }

    @Test("is one master of a cluster")
    func clusterMaster() async throws {
        var options = EmbeddedClusterOptions()
        options.replicasPerMaster = 0
        try await withCluster(options) { store, cluster in
            let masters = await cluster.masters()
            var sessions: [Session] = []
            for master in masters {
                sessions.append(try await store.create(for: try store.user(await cluster.owner("user", on: master))))
            }
            _ = try await masters[0].send("FLUSHALL")
            try await expectLoss(of: sessions[0].id, noticedBy: store.repository)
            for session in sessions.dropFirst() {
                #expect(try await store.repository.authorize(session.id) == .active(session))
            }
            #expect(store.repository.storeCondition != .intact)
        }
    }
}

extension Authorization {
    fileprivate var isActive: Bool { if case .active = self { true } else { false } }
}
