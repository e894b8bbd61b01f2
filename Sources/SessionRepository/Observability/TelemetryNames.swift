/// The metrics' labels: a contract, in `docs/observability.md`.
package enum MetricName: String, CaseIterable {
    case operations = "session.repository.operations"
    case operationDuration = "session.repository.operation.duration"
    case queueDepth = "session.repository.queue.depth"
    case connections = "session.repository.connections"
    case reconnects = "session.repository.reconnects"
    case storeEmptied = "session.repository.store.emptied"
    case protocolFailures = "session.repository.protocol_failures"
    case slowTurns = "session.repository.store_thread.slow_turns"
    case nearCacheHits = "session.repository.near_cache.hits"
    case nearCacheMisses = "session.repository.near_cache.misses"
    case nearCacheJoins = "session.repository.near_cache.joins"
    case nearCacheInvalidations = "session.repository.near_cache.invalidations"
    case nearCacheEvictions = "session.repository.near_cache.evictions"
    case nearCacheFlushes = "session.repository.near_cache.flushes"
    case nearCacheBypasses = "session.repository.near_cache.bypasses"
    case nearCacheAbsorbedTouches = "session.repository.near_cache.absorbed_touches"
    case nearCacheEntries = "session.repository.near_cache.entries"
    case journalPending = "session.repository.journal.pending"
    case journalConfirmed = "session.repository.journal.confirmed"
    case journalReplayed = "session.repository.journal.replayed"
    case journalDropped = "session.repository.journal.dropped"
    case journalHeldBack = "session.repository.journal.held_back"
    case journalBytes = "session.repository.journal.bytes"
}

/// The dimensions of `operations` and `operationDuration`.
package enum MetricDimension: String, CaseIterable {
    case operation, outcome
}

/// What spans say, by OpenTelemetry's conventions for database clients and for Redis.
package enum SpanAttributeName: String, CaseIterable {
    case system = "db.system.name"
    case operation = "db.operation.name"
    case script = "db.stored_procedure.name"
    case summary = "db.query.summary"
    case database = "db.namespace"
    case serverAddress = "server.address"
    case serverPort = "server.port"
    case errorType = "error.type"
    case serverError = "db.response.status_code"
}
