import RedisClient
import Testing

@testable import SessionRepository

extension NearCachePolicy {
    /// So that nothing is forgotten for its age within a test.
    static var patient: NearCachePolicy {
        var policy = NearCachePolicy()
        policy.maximumStaleness = .seconds(3600)
        return policy
    }
}

extension Store {
    var statistics: NearCacheStatistics { repository.nearCacheStatistics }

    /// Returns when the server tells of changes.
    func waitForNearCache(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let nobody = try unknownSession()
        try await eventually("changes are heard of", sourceLocation: sourceLocation) {
            let before = statistics.misses
            _ = try? await repository.authorize(nobody)
            return statistics.misses > before
        }
    }

    /// Returns when the session is answered from memory.
    func remember(_ session: Session, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await eventually("\(session.id) is remembered", sourceLocation: sourceLocation) {
            let before = statistics.hits
            guard case .active? = try? await repository.authorize(session.id) else { return false }
            return statistics.hits > before
        }
    }

    /// From now on nothing is heard of changes, and neither side says so: as if the way were a black hole.
    func deafen() async throws {
        _ = try await repository.client.execute(.init("CLIENT", "TRACKING", "OFF")) { _ in }
    }

    /// What another process does to the same sessions.
    func elsewhere(_ url: String, _ body: (RedisSessionRepository) async throws -> Void) async throws {
        try await withRepository(at: try RedisServer(url: url), configure: { $0.keyPrefix = prefix }, body)
    }
}
