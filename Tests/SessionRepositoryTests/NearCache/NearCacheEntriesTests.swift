import RedisClient
import TestSupport
import Testing

@testable import SessionRepository

@Suite("Near cache: the table")
struct NearCacheEntriesTests {
    private static let now = MonotonicTime(nanoseconds: 0)

    @Test("finds what a dictionary would, through growth, removals and replacements", arguments: 0..<8)
    func model(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let sessions = (0..<200).map { NearCacheFixture.session("user-\($0 % 20)") }
        var entries = NearCacheEntries(capacity: 200)
        var model: [SessionID: Session] = [:]
        for step in 0..<4000 {
            let session = sessions.randomElement(using: &random) ?? sessions[0]
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<60:
                let version = NearCacheFixture.session(session.id, user: session.userID.text, device: "\(step)")
                entries.insert(version, epoch: 1, until: .distantFuture)
                model[session.id] = version
            case 60..<97:
                #expect(entries.remove(session.id) == (model.removeValue(forKey: session.id) != nil))
            default:
                let owner = session.id.value.tag
                let before = model.count
                model = model.filter { $0.key.value.tag != owner }
                #expect(entries.removeAll(of: owner) == before - model.count)
            }
            #expect(entries.count == model.count)
            if step.isMultiple(of: 50) {
                for session in sessions {
                    #expect(entries.find(session.id, epoch: 1, now: Self.now) == model[session.id])
                }
            }
        }
    }

    @Test("when full, each newcomer costs exactly one other its place", arguments: [1, 5, 6, 7, 100])
    func eviction(capacity: Int) {
        var random = SplitMix64(seed: UInt64(capacity))
        var entries = NearCacheEntries(capacity: capacity)
        var all: [SessionID] = []
        for step in 1...(20 * capacity) {
            let session = NearCacheFixture.session()
            all.append(session.id)
            entries.insert(session, epoch: 1, until: .distantFuture)
            // The one that has just come is there, whoever had to go.
            #expect(entries.find(session.id, epoch: 1, now: Self.now) == session)
            let some = all.randomElement(using: &random) ?? session.id
            _ = entries.find(some, epoch: 1, now: Self.now)
            #expect(entries.count == min(step, capacity))
            #expect(entries.evictions == max(0, step - capacity))
        }
        var found = 0
        for id in all where entries.find(id, epoch: 1, now: Self.now) != nil { found += 1 }
        #expect(found == capacity)
    }
}
