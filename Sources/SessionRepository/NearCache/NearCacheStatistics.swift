/// What a near cache has done since the process began.
public struct NearCacheStatistics: Hashable, Sendable {
    /// Answers from memory.
    public package(set) var hits = 0
    /// Lookups that asked Redis.
    public package(set) var misses = 0
    /// Lookups that waited for the answer to somebody else's question about the same session.
    public package(set) var joins = 0
    /// Remembered sessions, and questions on their way, that a change made worthless.
    public package(set) var invalidations = 0
    /// Remembered sessions that gave way to others.
    public package(set) var evictions = 0
    /// How often everything was forgotten at once, because changes may have gone unheard.
    public package(set) var flushes = 0
    /// Lookups while changes might go unheard: they asked Redis, and nothing was remembered.
    public package(set) var bypasses = 0
    /// Touches answered from memory: it was known that activity is recorded recently enough.
    public package(set) var absorbedTouches = 0
    /// Sessions remembered now. Those past their time count until their place is needed.
    public package(set) var entries = 0

    package init() {}

    package static func += (sum: inout NearCacheStatistics, part: NearCacheStatistics) {
        sum.hits += part.hits
        sum.misses += part.misses
        sum.joins += part.joins
        sum.invalidations += part.invalidations
        sum.evictions += part.evictions
        sum.flushes += part.flushes
        sum.bypasses += part.bypasses
        sum.absorbedTouches += part.absorbedTouches
        sum.entries += part.entries
    }
}
