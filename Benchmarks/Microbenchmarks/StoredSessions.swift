import Foundation
import SessionRepository

/// A near cache with sessions in it.
struct StoredSessions {
    private let cache: NearCache
    private let source: NearCacheSource
    private let sessions: [Session]

    init(count: Int) {
        var policy = NearCachePolicy()
        policy.maximumEntries = 2 * count
        policy.maximumStaleness = .seconds(3600)
        cache = NearCache(policy: policy)
        source = cache.makeSource()
        source.becomeCurrent()
        sessions = (0..<count).map(Self.session)
        for number in sessions.indices { refill(number) }
    }

    func hit(_ number: Int) -> Session? {
        let id = sessions[number % sessions.count].id
        guard case .hit(let session) = cache.lookUp(id, from: source) else { return nil }
        return session
    }

    func refill(_ number: Int) {
        let session = sessions[number % sessions.count]
        cache.invalidate(session.id)
        guard case .ask(let ticket) = cache.lookUp(session.id, from: source) else { return }
        ticket.answer(.active(session), remaining: .seconds(3600))
    }

    private static func session(_ number: Int) -> Session {
        let user = UserID(stored: "user-\(number)")
        let now = Date()
        return Session(
            id: SessionID(for: user), userID: user, state: .active, deviceName: "Pixel 9", ipAddress: "203.0.113.7",
            userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537",
            createdAt: now, authenticatedAt: now, lastActivityAt: now, idleExpiresAt: now + 3600,
            expiresAt: now + 3600, grantID: nil, attributes: [:])
    }
}
