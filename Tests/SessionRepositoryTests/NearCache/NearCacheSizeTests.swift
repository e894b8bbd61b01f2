import Testing

@testable import SessionRepository

@Suite("Near cache: its size")
struct NearCacheSizeTests {
    @Test("it never holds more than it may", arguments: [1, 2, 7, 100, 1000])
    func bound(capacity: Int) {
        let fixture = NearCacheFixture(entries: capacity)
        for _ in 0..<(3 * capacity) {
            fixture.store(NearCacheFixture.session())
            #expect(fixture.cache.statistics.entries <= capacity)
        }
        let statistics = fixture.cache.statistics
        #expect(statistics.entries + statistics.evictions == 3 * capacity)
        #expect(statistics.entries >= capacity / 2)
    }

    @Test("sessions in use stay while others come and go")
    func recency() {
        let fixture = NearCacheFixture(entries: 100)
        let used = (0..<50).map { _ in NearCacheFixture.session() }
        for session in used { fixture.store(session) }
        for round in 0..<1000 {
            for session in used where round.isMultiple(of: 20) {
                #expect(fixture.lookUp(session.id).session == session)
            }
            fixture.store(NearCacheFixture.session())
        }
        #expect(used.allSatisfy { fixture.lookUp($0.id).session == $0 })
    }

    @Test("unknown IDs leave nothing behind")
    func unknown() throws {
        let fixture = NearCacheFixture(entries: 10)
        let known = NearCacheFixture.session()
        fixture.store(known)
        for _ in 0..<10_000 {
            try #require(fixture.lookUp(NearCacheFixture.session().id).ticket).answer(.unknown)
        }
        #expect(fixture.cache.statistics.entries == 1)
        #expect(fixture.cache.flightCount == 0)
        #expect(fixture.lookUp(known.id).session == known)
    }
}

@Suite("Near cache: its settings")
struct NearCachePolicyTests {
    @Test("settings that cannot work are refused by name")
    func validation() throws {
        try NearCachePolicy().validate()
        for entries in [0, -1, 10_000_001] {
            var policy = NearCachePolicy()
            policy.maximumEntries = entries
            #expect(throws: SessionRepositoryError.self) { try policy.validate() }
        }
        for staleness in [Duration.zero, .microseconds(999), .seconds(3601)] {
            var policy = NearCachePolicy()
            policy.maximumStaleness = staleness
            #expect(throws: SessionRepositoryError.self) { try policy.validate() }
        }
    }

    @Test("a session's key is told from every other")
    func keys() {
        for prefix in ["sr", "sr:session:{", "a"] {
            let keys = KeySpace(prefix: prefix)
            let id = SessionID(for: UserID(stored: "u"))
            let key = keys.session(id)
            #expect(sessionID(key, keys) == id)
            for other in [
                keys.chain(id), keys.userIndex(UserID(stored: "u")), keys.events, String(key.dropLast()), key + "A", "",
                "x" + key.dropFirst(), key.replacing("}.", with: "}:"), key.replacing("{", with: "["),
                key.dropLast() + "B", KeySpace(prefix: prefix + "x").session(id),
            ] {
                #expect(sessionID(other, keys) == nil, "\(other)")
            }
        }
    }

    private func sessionID(_ key: String, _ keys: KeySpace) -> SessionID? {
        Array(key.utf8).withUnsafeBytes { keys.sessionID(ofKey: $0) }
    }
}
