import Foundation
import InMemoryTracing
import MetricsTestKit
import RedisClient
import TestSupport
import Testing
import Tracing

@testable import SessionRepository

@Suite("Telemetry of operations")
struct OperationTelemetryTests {
    @Test("Each operation is one span and is counted and timed once, whatever it needs others for")
    func everyOperation() async throws {
        let observed = Observed()
        let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withStore(configure: {
            $0.observability = observed.observability
            $0.refreshTokenKeys = tokens
        }) { store in
            var calls = try EveryCall.all()
            calls["isRefreshTokenChainInvalidated"] = nil
            let id = try unknownSession()
            calls["refreshTokenChainState"] = { _ = try await $0.refreshTokenChainState(id) }
            let acme = try OrganizationID("acme")
            calls["saveSupportAccessGrant"] = {
                _ = try await $0.saveSupportAccessGrant(
                    NewSupportAccessGrant(
                        organizationID: acme, grantedBy: "alice", expiry: .after(.seconds(60)),
                        grantedTo: .anyAdministrator))
            }
            // By another one, so that this one's metrics begin with the calls below.
            let saved = try await Self.grant(in: store)
            calls["extendSupportAccessGrant"] = {
                _ = try await $0.extendSupportAccessGrant(saved.id, until: .after(.seconds(60)))
            }
            calls["events"] = { _ = try await $0.events() }
            #expect(calls.keys.sorted() == RepositoryOperation.allCases.map(\.rawValue).sorted())
            for (name, call) in calls.sorted(by: { $0.key < $1.key }) {
                observed.tracer.clearFinishedSpans()
                observed.metrics.reset()
                try await call(store.repository)
                let spans = observed.tracer.finishedSpans
                #expect(spans.map(\.operationName) == [name])
                #expect(spans.first?.kind == .client)
                #expect(observed.outcomes.keys.sorted() == [name])
                let timers = observed.metrics.timers(label: MetricName.operationDuration.rawValue)
                #expect(timers.map(\.values.count) == [1], "\(name)")
                let outcomes = observed.outcomes[name] ?? []
                #expect(outcomes.count == 1 && observed.total(.operations) == 1, "\(name)")
                try Self.expectDocumented(observed.outcomes)
            }
        }
    }

    private static func grant(in store: Store) async throws -> SupportAccessGrant {
        var configuration = RedisSessionRepositoryConfiguration(server: store.server)
        configuration.keyPrefix = store.prefix
        configuration.commandTimeout = .seconds(20)
        configuration.connectTimeout = .seconds(20)
        let other = try RedisSessionRepository(configuration: configuration, logger: .quiet)
        let grant = try await other.saveSupportAccessGrant(
            NewSupportAccessGrant(
                organizationID: store.organization(), grantedBy: "alice", expiry: .after(.seconds(600)),
                grantedTo: .anyAdministrator))
        await other.shutdown()
        return grant
    }

    private static func expectDocumented(_ outcomes: [String: Set<String>], errors: Set<String> = []) throws {
        let rows = try DocumentTable.rows(in: "observability.md", below: "Operations and their outcomes")
        for (operation, outcomes) in outcomes {
            let documented = rows.first { $0.first == operation }?.dropFirst() ?? []
            #expect(outcomes.subtracting(errors).isSubset(of: documented), "\(operation)")
        }
    }

    @Test("What operations come to is in one word, among those that are documented")
    func outcomes() async throws {
        let observed = Observed()
        try await withStore(configure: {
            $0.observability = observed.observability
            $0.policy.reuseInterval = .zero
            $0.refreshTokenKeys = try? RefreshTokenKeys(signing: .generate(id: "k1"))
        }) { store in
            let repository = store.repository
            let created = try await repository.createSession(store.session(for: store.user()))
            let id = created.session.id
            let token = try #require(created.refreshToken)
            _ = try await repository.authorize(id)
            _ = try await repository.authorize(unknownSession())
            _ = try await repository.touch(id)
            for seconds in [60, 600] { _ = try await repository.shortenSession(id, for: .seconds(seconds)) }
            _ = try await repository.shortenSession(unknownSession(), for: .seconds(1))
            _ = try await repository.findSession(id)
            _ = try await repository.findSession(unknownSession())
            _ = try await repository.rotateRefreshToken(token)
            _ = try await repository.rotateRefreshToken(token)
            _ = try await repository.rotateRefreshToken(RefreshToken("srt1_x"))
            _ = try await repository.terminateSession(id)
            _ = try await repository.terminateSession(unknownSession(), by: nil, durability: .acknowledged)
            _ = try await repository.authorize(id)
            _ = try await repository.refreshTokenChainState(id)
            _ = try await repository.renewSession(id, ticket: .none)
            await #expect(throws: SessionRepositoryError.self) {
                try await repository.createSession(NewSession(userID: try store.user(), ticket: .none, lifetime: .zero))
            }
            #expect(observed.count(.authorize, "active") == 1)
            #expect(observed.count(.authorize, "unknown") == 1)
            #expect(observed.count(.authorize, "terminated") == 1)
            #expect(observed.count(.touch, "recent") == 1)
            #expect(observed.outcomes["findSession"] == ["found", "notFound"])
            #expect(observed.outcomes["rotateRefreshToken"] == ["rotated", "reuse", "forged"])
            #expect(observed.outcomes["terminateSession"] == ["alreadyTerminated", "unknown"])
            #expect(observed.outcomes["refreshTokenChainState"] == ["invalidated"])
            #expect(observed.outcomes["renewSession"] == ["notActive"])
            #expect(observed.outcomes["shortenSession"] == ["shortened", "unchanged", "notActive"])
            #expect(observed.outcomes["createSession"] == ["ok", "invalidInput"])
            try Self.expectDocumented(observed.outcomes, errors: ["invalidInput"])
        }
    }

    @Test("A span says what OpenTelemetry's conventions ask for, and nests what the caller began")
    func attributes() async throws {
        let observed = Observed()
        try await withStore(configure: { $0.observability = observed.observability }) { store in
            let repository = store.repository
            try await observed.tracer.withSpan("request") { _ in
                _ = try await repository.authorize(unknownSession())
                _ = try await repository.terminateSession(unknownSession())
            }
            let spans = observed.tracer.finishedSpans
            let request = try #require(spans.first { $0.operationName == "request" })
            let authorize = try #require(spans.first { $0.operationName == "authorize" })
            #expect(authorize.parentSpanID == request.spanID)
            #expect(authorize.status == nil)
            var expected: [String: SpanAttribute] = [
                "db.system.name": "redis", "db.query.summary": "authorize", "db.operation.name": "HMGET",
            ]
            let server = try await RedisServer(url: SharedServer.url())
            if case .cluster = server.topology {} else { expected["db.namespace"] = .string("\(server.database)") }
            switch server.endpoint {
            case .tcp(let host, let port):
                expected["server.address"] = .string(host)
                expected["server.port"] = .int(Int64(port))
            case .unixSocket(let path): expected["server.address"] = .string(path)
            case nil: break
            }
            #expect(authorize.named == expected)
            let terminate = try #require(spans.first { $0.operationName == "terminateSession" })
            #expect(terminate.named["db.operation.name"] == "EVALSHA")
            #expect(terminate.named["db.stored_procedure.name"] == "terminate_session")
        }
    }

    @Test("A failure is told by its code, and nothing that is told names a user, a session, a key or a token")
    func secrecy() async throws {
        let observed = Observed()
        try await withStore(
            configure: {
                $0.observability = observed.observability
                $0.refreshTokenKeys = try? RefreshTokenKeys(signing: .generate(id: "k1"))
            }, checkingAfterwards: false
        ) { store in
            let user = try store.user("user-4711")
            let created = try await store.repository.createSession(store.session(for: user))
            let id = created.session.id
            let token = try #require(created.refreshToken)
            _ = try await store.repository.rotateRefreshToken(token)
            _ = try await store.repository.findActiveSessionsByUser(user)
            let grant = try await store.grant(to: user)
            _ = try await store.supportSession(of: user, under: grant.id)
            try await store.redis.send("DEL", store.keys.userIndex(user))
            try await store.redis.send("SET", store.keys.userIndex(user), "no index", "PX", "60000")
            try await store.redis.send("HSET", store.keys.session(id), "created", "never")
            for failing in [store.repository.authorize, { try await store.repository.findSession($0) as Any }]
                as [(SessionID) async throws -> Any]
            {
                await #expect(throws: SessionRepositoryError.self) { _ = try await failing(id) }
            }
            await #expect(throws: SessionRepositoryError.self) {
                try await store.repository.findActiveSessionsByUser(user)
            }
            #expect(observed.count(.findActiveSessionsByUser, "corruptRecord") == 1)
            let failed = observed.tracer.finishedSpans.filter { $0.status?.code == .error }
            #expect(failed.count == 3)
            #expect(failed.allSatisfy { $0.named["error.type"] == "corruptRecord" && $0.errors.isEmpty })
            let secrets = [
                user.text, id.description, id.value.random.text, grant.id.description, token.text, store.prefix,
            ]
            #expect(observed.texts.count > 20)
            for secret in secrets {
                #expect(!observed.texts.contains { $0.contains(secret) })
            }
        }
    }

    @Test("What the server refuses is told by the first word of its answer")
    func refused() async throws {
        let observed = Observed()
        let server = try FakeServer(.answers("-NOPERM you may not\r\n"))
        defer { server.stop() }
        try await withRepository(
            at: try RedisServer(unixSocketPath: server.path), configure: { $0.observability = observed.observability }
        ) { repository in
            await #expect(throws: SessionRepositoryError.self) { try await repository.currentTime() }
            let span = try #require(observed.tracer.finishedSpans.first)
            #expect(span.named["error.type"] == "storeRefused")
            #expect(span.named["db.response.status_code"] == "NOPERM")
        }
    }
}
