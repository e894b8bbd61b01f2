import EmbeddedRedis
import InMemoryTracing
import RedisClient
import ServiceLifecycle
import Testing

@testable import SessionRepository

@Suite("Reported totals")
struct TotalsTests {
    @Test("A hit of the near cache is counted there, and is neither an operation nor a span")
    func nearCache() async throws {
        let observed = Observed()
        try await withStore(configure: {
            $0.nearCache = .patient
            $0.observability = observed.observability
        }) { store in
            let session = try await store.create(for: try store.user())
            try await store.remember(session)
            store.repository.reportMetrics()
            let operations = observed.outcomes["authorize"] == nil ? 0 : observed.total(.operations)
            let spans = observed.tracer.finishedSpans.count
            let (hits, misses) = (observed.total(.nearCacheHits), observed.total(.nearCacheMisses))
            for _ in 0..<100 { #expect(try await store.repository.authorize(session.id) == .active(session)) }
            store.repository.reportMetrics()
            let statistics = store.statistics
            #expect(observed.total(.nearCacheHits) == Int64(statistics.hits))
            #expect(observed.total(.nearCacheHits) - hits + observed.total(.nearCacheMisses) - misses == 100)
            #expect(observed.total(.nearCacheHits) - hits >= 90)
            #expect(observed.total(.operations) - operations == observed.total(.nearCacheMisses) - misses)
            #expect(observed.tracer.finishedSpans.count - spans == observed.total(.nearCacheMisses) - misses)
            #expect(observed.level(.nearCacheEntries) == Double(statistics.entries))
        }
    }

    @Test("A connection that was cut and made anew is a reconnect, and revocations are in the journal")
    func reconnects() async throws {
        let observed = Observed()
        try await withPrivateStore(configure: { $0.observability = observed.observability }) { store, _ in
            let session = try await store.create(for: try store.user())
            _ = try await store.repository.terminateSession(session.id)
            store.repository.reportMetrics()
            #expect(observed.level(.connections) == 1)
            #expect(observed.total(.reconnects) == 0)
            let status = store.repository.revocationJournalStatus
            #expect(status.pending + status.confirmed == 1)
            try await store.redis.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            try await eventually("it is reconnected") {
                _ = try? await store.repository.currentTime()
                store.repository.reportMetrics()
                return observed.total(.reconnects) == 1
            }
            #expect(observed.level(.connections) == 1)
            await store.repository.shutdown()
            #expect(observed.level(.connections) == 0)
            #expect(observed.level(.queueDepth) == 0)
            #expect(observed.total(.journalReplayed) == Int64(store.repository.revocationJournalStatus.replayed))
        }
    }

    @Test("What waits for Redis is the depth of the queue")
    func queueDepth() async throws {
        let observed = Observed()
        let server = try FakeServer(.staysSilent)
        defer { server.stop() }
        try await withRepository(
            at: try RedisServer(unixSocketPath: server.path), configure: { $0.observability = observed.observability }
        ) { repository in
            let waiting = Task { try await repository.authorize(unknownSession()) }
            try await eventually("it waits") {
                repository.reportMetrics()
                return observed.level(.queueDepth) == 1
            }
            waiting.cancel()
            _ = await waiting.result
            #expect(observed.count(.authorize, "cancelled") == 1)
        }
    }

    @Test("As a service it reports by itself")
    func service() async throws {
        let observed = Observed()
        try await withStore(configure: {
            $0.observability = observed.observability
            $0.observability.interval = .milliseconds(100)
        }) { store in
            let run = Task { try await store.repository.run() }
            _ = try await store.repository.currentTime()
            try await eventually("the connection is reported") { observed.level(.connections) == 1 }
            run.cancel()
            try await run.value
            #expect(observed.level(.connections) == 0)
        }
    }
}
