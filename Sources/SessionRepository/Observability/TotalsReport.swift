import CoreMetrics
import RedisClient
import Synchronization

/// What is counted where it happens, without regard to who wants to know. Read from time to time.
struct Totals: Sendable {
    var nearCache = NearCacheStatistics()
    var journal = RevocationJournalStatus(
        pending: 0, confirmed: 0, replayed: 0, dropped: 0, heldBack: 0, bytes: 0)
    var queueDepth = 0
    var connections = 0
    var reconnects = 0
    var protocolFailures = 0
    var slowTurns = 0
    var isEmptied = false

    /// What only grows.
    fileprivate var counts: [(MetricName, Int)] {
        [
            (.reconnects, reconnects),
            (.protocolFailures, protocolFailures),
            (.slowTurns, slowTurns),
            (.nearCacheHits, nearCache.hits),
            (.nearCacheMisses, nearCache.misses),
            (.nearCacheJoins, nearCache.joins),
            (.nearCacheInvalidations, nearCache.invalidations),
            (.nearCacheEvictions, nearCache.evictions),
            (.nearCacheFlushes, nearCache.flushes),
            (.nearCacheBypasses, nearCache.bypasses),
            (.nearCacheAbsorbedTouches, nearCache.absorbedTouches),
            (.journalConfirmed, journal.confirmed),
            (.journalReplayed, journal.replayed),
            (.journalDropped, journal.dropped),
        ]
    }

    /// What is so now.
    fileprivate var levels: [(MetricName, Int)] {
        [
            (.queueDepth, queueDepth),
            (.connections, connections),
            (.storeEmptied, isEmptied ? 1 : 0),
            (.nearCacheEntries, nearCache.entries),
            (.journalPending, journal.pending),
            (.journalHeldBack, journal.heldBack),
            (.journalBytes, journal.bytes),
        ]
    }
}

/// Carries totals into counters and meters.
final class TotalsReport: Sendable {
    let interval: Duration
    private let counters: [Counter]
    private let meters: [Meter]
    private let reported: Mutex<[Int]>

    /// `nil` where there are no metrics.
    init?(_ observability: Observability) {
        guard let factory = observability.metrics else { return nil }
        interval = observability.interval
        counters = Totals().counts.map { Counter(label: $0.0.rawValue, factory: factory) }
        meters = Totals().levels.map { Meter(label: $0.0.rawValue, factory: factory) }
        reported = Mutex(counters.map { _ in 0 })
    }

    func report(_ totals: Totals) {
        let growth = reported.withLock { reported in
            totals.counts.enumerated().map { position, count in
                // Two reports at the same time may come in either order.
                let growth = max(0, count.1 - reported[position])
                reported[position] += growth
                return growth
            }
        }
        for (counter, growth) in zip(counters, growth) where growth > 0 { counter.increment(by: growth) }
        for (meter, level) in zip(meters, totals.levels) { meter.set(level.1) }
    }
}

extension RedisSessionRepository {
    /// Brings the metrics of the near cache, of the journal and of the connections up to date. `run` does so by itself, as
    /// often as the configuration says, and `shutdown` once more; for those who do not run it as a service.
    public func reportMetrics() {
        totals?.report(
            Totals(
                nearCache: nearCacheStatistics, journal: revocationJournalStatus, queueDepth: client.queueDepth,
                connections: client.connectionCounts.open, reconnects: client.connectionCounts.reconnects,
                protocolFailures: client.connectionCounts.protocolFailures,
                slowTurns: client.connectionCounts.slowTurns, isEmptied: storeCondition != .intact))
    }
}
