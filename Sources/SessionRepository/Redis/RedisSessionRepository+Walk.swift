import RedisClient

extension RedisSessionRepository {
    /// Walks the key space, page after page, and lets `visit` have the keys that match. For maintenance only, never on a
    /// request's path. A key that is there from the beginning to the end is visited, perhaps more than once.
    /// - Parameter visit: also gets how much of the key space has been walked then, 0 to 1.
    func walk(
        _ pattern: String, visit: ([String], _ fraction: Double) async throws(SessionRepositoryError) -> Void
    ) async throws(SessionRepositoryError) {
        var cursor = "0"
        repeat {
            let command = RedisCommand("SCAN", cursor, "MATCH", pattern, "COUNT", "1000")
            let page = try await execute(command, key: pattern) { reply -> (cursor: String, keys: [String])? in
                guard let cursor = reply[0].string, let count = reply[1].count else { return nil }
                return (cursor, (0..<count).compactMap { reply[1][$0].string })
            }
            guard let page else { throw .unexpectedAnswer(about: pattern) }
            cursor = page.cursor
            try await visit(page.keys, Self.fraction(walkedAt: cursor))
        } while cursor != "0"
    }

    /// Redis counts through its table with the cursor's bits reversed, so that the lowest bit changes last. Where a
    /// server counts otherwise, the fraction is no more than a guess.
    static func fraction(walkedAt cursor: String) -> Double {
        guard let number = UInt64(cursor), number > 0 else { return 1 }
        var reversed: UInt64 = 0
        for bit in 0..<64 where number & (1 << bit) != 0 { reversed |= 1 << (63 - bit) }
        return Double(reversed) / 0x1p64
    }
}
