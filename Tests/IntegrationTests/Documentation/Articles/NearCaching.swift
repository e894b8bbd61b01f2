import SessionRepository

enum NearCachingArticle {
    static func withNearCache(_ url: String) throws -> RedisSessionRepositoryConfiguration {
        var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(url: url))
        var nearCache = NearCachePolicy()
        nearCache.maximumEntries = 100_000
        nearCache.maximumStaleness = .seconds(10)
        configuration.nearCache = nearCache
        return configuration
    }

    static func hitRate(of sessions: RedisSessionRepository) -> Double {
        let count = sessions.nearCacheStatistics
        return Double(count.hits) / Double(max(1, count.hits + count.misses + count.joins + count.bypasses))
    }
}
