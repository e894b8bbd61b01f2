package import Logging

/// What log entries say besides their text: a contract, in `docs/observability.md`.
package enum LogKey: String, CaseIterable {
    /// Where a connection leads to.
    case endpoint = "redis.endpoint"
    /// What went wrong with Redis or the way to it.
    case redisError = "redis.error"
    /// The code of a `SessionRepositoryError`.
    case errorType = "error.type"
    case grant = "grant.id"
    /// Turns of the store's thread that took longer than 10 ms, since the last entry about them; and the longest.
    case turns = "store_thread.slow_turns"
    case turnMilliseconds = "store_thread.longest_ms"
}

extension Logger.Metadata {
    package static func keyed(_ values: KeyValuePairs<LogKey, Logger.MetadataValue>) -> Logger.Metadata {
        Logger.Metadata(values.map { ($0.key.rawValue, $0.value) }) { _, last in last }
    }
}
