import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

@Suite("A refusal that passes by itself", .timeLimit(.minutes(5)))
struct PassingRefusalTests {
    private static let withoutReplicas = EmbeddedRedisOptions(configuration: ["min-replicas-to-write 1"])

    @Test("is waited for within the deadline, and the change is made")
    func passes() async throws {
        try await withPrivateStore(Self.withoutReplicas, configure: { $0.commandTimeout = .seconds(60) }) { store, _ in
            try await store.redis.send("CONFIG", "RESETSTAT")
            async let created = store.create(for: try store.user())
            try await eventually("it is refused") {
                try await store.redis.send("INFO", "errorstats").string?.contains("errorstat_NOREPLICAS") == true
            }
            try await store.redis.send("CONFIG", "SET", "min-replicas-to-write", "0")
            let session = try await created
            #expect(try await store.repository.authorize(session.id) == .active(session))
        }
    }

    @Test("is asked about at most five times, and then unavailable")
    func stays() async throws {
        try await withPrivateStore(Self.withoutReplicas, configure: { $0.commandTimeout = .milliseconds(500) }) {
            store, _ in
            try await store.redis.send("CONFIG", "RESETSTAT")
            let user = try store.user()
            let error = await failure { () throws(SessionRepositoryError) in
                try await store.repository.createSession(store.session(for: user))
            }
            #expect(error?.code == "storeUnavailable")
            let statistics = try #require(try await store.redis.send("INFO", "errorstats").string)
            let refusals = statistics.firstMatch(of: /errorstat_NOREPLICAS:count=(\d+)/).flatMap { Int($0.1) }
            #expect((1...5).contains(refusals ?? 0), "\(statistics)")
        }
    }
}
