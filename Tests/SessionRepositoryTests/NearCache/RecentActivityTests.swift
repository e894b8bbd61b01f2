import RedisClient
import Testing

@testable import SessionRepository

@Suite("Near cache: recent activity")
struct RecentActivityTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    private func id(_ high: UInt64, _ low: UInt64) -> SessionID {
        SessionID(TaggedIdentifier(tag: HashTag(owner: "u"), random: RandomPart(high: high, low: low)))
    }

    @Test("ends when it was said to, or some milliseconds early", arguments: [100, 60_000, 3_600_000, 400_000_000])
    func end(milliseconds: Int64) {
        let activity = RecentActivity(sessions: 10)
        let id = id(1, 2)
        #expect(!activity.contains(id, at: start))
        activity.note(id, for: .milliseconds(milliseconds), from: start)
        #expect(activity.contains(id, at: start))
        #expect(activity.contains(id, at: start + .milliseconds(milliseconds - 32)))
        #expect(!activity.contains(id, at: start + .milliseconds(milliseconds)))
        #expect(!activity.contains(id, at: start + .milliseconds(10 * milliseconds)))
    }

    @Test("is nothing where there is nothing to wait for, and no more than the longest resolution")
    func extremes() {
        let activity = RecentActivity(sessions: 10)
        activity.note(id(1, 2), for: .zero, from: start)
        activity.note(id(1, 3), for: .milliseconds(-5), from: start)
        #expect(!activity.contains(id(1, 2), at: start))
        #expect(!activity.contains(id(1, 3), at: start))
        activity.note(id(1, 4), for: .seconds(400 * 86_400), from: start)
        #expect(activity.contains(id(1, 4), at: start + .seconds(39 * 86_400)))
        #expect(!activity.contains(id(1, 4), at: start + .seconds(40 * 86_400)))
    }

    @Test("is not taken for something new as long as a session can live")
    func wrap() {
        let activity = RecentActivity(sessions: 10)
        activity.note(id(1, 2), for: .seconds(60), from: start)
        for day in 1...400 { #expect(!activity.contains(id(1, 2), at: start + .seconds(day * 86_400))) }
    }

    @Test("of one session is never another's; who comes later takes a place over")
    func places() {
        let activity = RecentActivity(sessions: 10)
        let (first, same) = (id(7, 1 << 40), id(8, 1 << 41))
        activity.note(first, for: .seconds(60), from: start)
        #expect(!activity.contains(same, at: start))
        activity.note(same, for: .seconds(60), from: start)
        #expect(activity.contains(same, at: start))
        #expect(!activity.contains(first, at: start))
    }

    @Test("finds room for most of as many sessions as the cache holds")
    func room() {
        let activity = RecentActivity(sessions: 10_000)
        let ids = (0..<10_000).map { _ in SessionID(for: UserID(stored: "u")) }
        for id in ids { activity.note(id, for: .seconds(60), from: start) }
        #expect(ids.count { activity.contains($0, at: start) } > 8_000)
        #expect(!(0..<10_000).contains { _ in activity.contains(SessionID(for: UserID(stored: "u")), at: start) })
    }
}
