import RedisClient

/// Carries what one server tells of changes into the cache.
final class NearCacheServer: RedisChangeListener {
    let source: NearCacheSource
    private let cache: NearCache
    private let keys: KeySpace

    init(of cache: NearCache, keys: KeySpace) {
        self.cache = cache
        self.keys = keys
        source = cache.makeSource()
    }

    func confirmed(until moment: MonotonicTime) { source.confirm(until: moment) }

    func becomeCurrent() { source.becomeCurrent() }

    func loseCurrency() { source.loseCurrency() }

    /// Most keys are not sessions' records: scripts read indexes and accounts too.
    func changed(_ key: UnsafeRawBufferPointer) {
        if let id = keys.sessionID(ofKey: key) { cache.invalidate(id) }
    }

    func everythingChanged() { source.flush() }
}
