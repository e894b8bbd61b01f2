import RedisClient
import TestSupport

@testable import SessionRepository

/// One random life of a near cache: plays those who look up, two servers with their connections, other processes that
/// write, and the clock, and notes the first lookup whose answer is older than promised. The seed decides everything.
final class NearCacheSchedule: RandomSchedule {
    /// A question on its way.
    struct Question {
        let key: Int
        let ticket: TicketBox
        /// What the server said, once it has been asked.
        var answer: (authorization: Authorization, remaining: Duration)?
    }

    /// Somebody who waits, and the oldest version that they may be told.
    struct Waiter {
        let key: Int
        let flight: NearCacheFlight
        let floor: Int
        let startedAt: MonotonicTime
    }

    /// How one server's changes reach the process.
    struct Link {
        let source: NearCacheSource
        var isUp: Bool
        /// Changes on their way: the key and its version after the change; a key of `nil` is a flush.
        var messages: [(key: Int?, version: Int)] = []
    }

    var random: SplitMix64
    let fixture: NearCacheFixture
    let staleness: Duration
    let capacity: Int
    var records: [ScheduledRecord]
    var links: [Link]
    var questions: [Question] = []
    var waiters: [Waiter] = []
    var violation: String?
    /// How often each kind of thing happened, so that a test can tell that the schedules reach all of them.
    var seen: [String: Int] = [:]

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        capacity = Int.random(in: 1...12, using: &random)
        staleness = .milliseconds(Int.random(in: 10...500, using: &random))
        fixture = NearCacheFixture(entries: capacity, staleness: staleness)
        let second = fixture.cache.makeSource()
        links = [Link(source: fixture.source, isUp: true), Link(source: second, isUp: false)]
        records = []
        records = (0..<10).map { ScheduledRecord(user: "user-\($0 % 4)", server: chance(70) ? 0 : 1, now: fixture.now) }
        for key in records.indices { write(key) }
        for server in links.indices { links[server].messages = [] }
    }

    func run(events: Int) async {
        for _ in 0..<events where violation == nil {
            happen()
            check(fixture.cache.statistics.entries <= capacity, "more entries than allowed")
        }
        questions = []
        check(fixture.cache.flightCount == 0, "questions are left that nobody asks")
        for waiter in waiters where violation == nil {
            guard waiter.flight.isOver else { return violate("somebody waits for ever") }
            await settle(waiter)
        }
    }

    private func happen() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<40: lookUp(anyKey())
        case 40..<55: serve()
        case 55..<70: answer()
        case 70..<80: deliver()
        case 80..<87: write(anyKey())
        case 87..<91: writeHere()
        case 91..<93: disturbConnections()
        default: passTime()
        }
    }

    private func passTime() {
        fixture.now = fixture.now + .microseconds(Int.random(in: 0...(chance(10) ? 600_000 : 20_000), using: &random))
    }

    func anyKey() -> Int {
        Int.random(in: records.indices, using: &random)
    }
}

/// A session's record as its server has it, and what was ever true of it.
struct ScheduledRecord {
    let id: SessionID
    let user: String
    var server: Int
    /// When each version was written; the last is the present one.
    var writtenAt: [MonotonicTime] = []
    var authorization = Authorization.unknown
    var expiresAt: MonotonicTime
    /// The oldest version that a lookup may still be told.
    var floor = 0

    init(user: String, server: Int, now: MonotonicTime) {
        id = SessionID(for: UserID(stored: user))
        self.user = user
        self.server = server
        expiresAt = now
    }

    var version: Int { writtenAt.count - 1 }
}
