import TestSupport
import Testing

@testable import RedisClient

@Suite("The connection machine under random schedules")
struct ScheduleTests {
    private typealias Lives = Schedules<Schedule>
    private let lives = Lives(events: 60) { Schedule(seed: $0) }
    private let crowded = Lives(events: 300) { Schedule(seed: $0, isCrowded: true) }

    @Test("keeps its promises under known seeds", arguments: 0..<8)
    func knownSeeds(slice: UInt64) async {
        #expect(await lives.firstViolation(Lives.knownSeeds(250, slice: slice)) == nil)
    }

    @Test("keeps its promises under fresh seeds", arguments: 0..<4)
    func freshSeeds(slice: Int) async {
        #expect(await lives.firstViolation(Lives.freshSeeds(250)) == nil)
    }

    @Test("keeps its promises where commands queue")
    func crowdedServer() async {
        #expect(await crowded.firstViolation(0..<200) == nil)
    }

    @Test("reaches every way in which a request can end")
    func coverage() async {
        let seen = await lives.seen(0..<1500).union(crowded.seen(0..<20))
        #expect(
            seen == [
                "reply", "late", "send", "retry", "stall", "finish", "cancelled", "timedOut", "unavailable",
                "server", "outcomeUnknown", "shutDown", "part", "givenUp", "damage", "protocolFailure", "master",
                "refuted", "renamed", "raced", "overloaded", "pace",
            ])
    }

    @Test("finds the wrong answers of a driver that does not compare nonces")
    func negativeControl() async {
        let credulous = Lives(events: 60) { Schedule(seed: $0, believesEverything: true) }
        #expect(await credulous.firstViolation(0..<250) { $0.contains("the answer to") } != nil)
    }
}
