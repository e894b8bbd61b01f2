import Logging
import SessionRepository

/// Sessions of many users, behind a near cache that has room for all of them.
struct CachedSessions: Sendable {
    private let created: CreatedSessions
    private let repository: RedisSessionRepository

    /// Creates them, and looks each of them up once.
    init(count: Int, beside other: RedisSessionRepository, at url: String) async throws {
        created = CreatedSessions(family: "cached", users: max(count / 2, 1), perUser: 2)
        var policy = NearCachePolicy()
        // Chance fills its parts unevenly.
        policy.maximumEntries = 2 * created.ids.count
        policy.maximumStaleness = .seconds(3600)
        var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(url: url))
        configuration.keyPrefix = other.keys.prefix
        configuration.commandTimeout = .seconds(60)
        configuration.nearCache = policy
        repository = try RedisSessionRepository(configuration: configuration, logger: Logger(label: "bench"))
        try await created.create(in: repository)
        for index in created.ids.indices { try await authorize(UInt64(index)) }
    }

    func authorize(_ number: UInt64) async throws {
        let id = created.ids[Int(number % UInt64(created.ids.count))]
        guard case .active = try await repository.authorize(id) else {
            throw SessionRepositoryError.corruptRecord(key: "\(id)", problem: "it must be active")
        }
    }

    var statistics: NearCacheStatistics { repository.nearCacheStatistics }

    func close() async { await repository.shutdown() }
}
