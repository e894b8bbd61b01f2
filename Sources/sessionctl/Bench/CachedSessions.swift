import SessionRepository

/// Sessions of many users, behind a near cache that has room for all of them.
struct CachedSessions: Sendable {
    private let created: CreatedSessions
    private let repository: RedisSessionRepository
    private let cache: NearCache
    private let source: NearCacheSource

    /// Creates them, and looks each of them up once.
    init(count: Int, in repository: RedisSessionRepository) async throws {
        self.repository = repository
        created = CreatedSessions(family: "cached", users: max(count / 2, 1), perUser: 2)
        var policy = NearCachePolicy()
        // Chance fills its parts unevenly.
        policy.maximumEntries = 2 * created.ids.count
        policy.maximumStaleness = .seconds(3600)
        cache = NearCache(policy: policy)
        source = cache.makeSource()
        source.becomeCurrent()
        try await created.create(in: repository)
        for index in created.ids.indices { try await authorize(UInt64(index)) }
    }

    func authorize(_ number: UInt64) async throws {
        let id = created.ids[Int(number % UInt64(created.ids.count))]
        let answer = try await cache.authorize(id, from: source) { () throws(SessionRepositoryError) in
            .init(try await repository.authorize(id), remaining: .seconds(3600))
        }
        guard case .active = answer else {
            throw SessionRepositoryError.corruptRecord(key: "\(id)", problem: "it must be active")
        }
    }
}
