import Foundation
import RedisClient
import SessionRepository

/// Sessions to measure lookups with. Their IDs hold a running number of twelve digits, because that is what
/// `redis-benchmark` can draw at random.
struct SeededSessions: Sendable {
    let keys: KeySpace
    /// Made ahead of time: spelling one is no part of a lookup.
    private let ids: [SessionID]

    var count: Int { ids.count }

    /// Creates one session and copies its record: that is what a lookup reads, and it takes seconds instead of minutes.
    init(count: Int, in repository: RedisSessionRepository, at server: BenchServer) async throws {
        keys = repository.keys
        let user = try UserID("benchmark")
        let tag = HashTag(owner: user.text)
        ids = (0..<count).map { SessionID(TaggedIdentifier(tag: tag, random: Self.random($0))) }
        // All IDs begin alike, as this one does, so that the record's `id` fits each copy.
        let one = SessionID(TaggedIdentifier(tag: tag, random: Self.random(count)))
        let model = try await repository.createSession(.typical(of: user, id: one)).session
        try await copy(keys.session(model.id), with: server.client)
    }

    /// The session that a drawn number chooses.
    subscript(number: UInt64) -> SessionID {
        ids[Int(number % UInt64(ids.count))]
    }

    /// What stands before and after the twelve digits in a session's key.
    var keyPattern: (before: String, after: String) {
        let key = keys.session(self[0])
        return (String(key.dropLast(13)), String(key.suffix(1)))
    }

    private static func random(_ number: Int) -> RandomPart {
        let digits = String(number)
        let text = "AAAAAAAAA" + String(repeating: "0", count: 12 - digits.count) + digits + "A"
        // 22 characters of base64url whose last one is "A" are always a random part.
        return RandomPart(base64URL: text) ?? RandomPart(high: 0, low: 0)
    }

    private func copy(_ model: String, with client: RedisClient) async throws {
        let batch = 1000
        for first in stride(from: 0, to: count, by: batch) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in first..<min(first + batch, count) {
                    let copy = keys.session(self[UInt64(number)])
                    group.addTask {
                        try await client.execute(RedisCommand("COPY", model, copy, "REPLACE")) { _ in }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

extension NewSession {
    /// With a user agent of 80 characters and the rest of what a browser's session usually has.
    static func typical(of user: UserID, id: SessionID? = nil) -> NewSession {
        NewSession(
            userID: user, ticket: .none, id: id, deviceName: "Pixel 9", ipAddress: "203.0.113.7",
            userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537",
            lifetime: .seconds(3600))
    }
}
