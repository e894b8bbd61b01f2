import TestSupport
import Testing

@testable import SessionRepository

@Suite("The near cache under random schedules")
struct NearCacheScheduleTests {
    private typealias Lives = Schedules<NearCacheSchedule>
    private let lives = Lives(events: 300) { NearCacheSchedule(seed: $0) }

    @Test("keeps its promises under known seeds", arguments: 0..<4)
    func knownSeeds(slice: UInt64) async {
        #expect(await lives.firstViolation(Lives.knownSeeds(250, slice: slice)) == nil)
    }

    @Test("keeps its promises under fresh seeds", arguments: 0..<4)
    func freshSeeds(slice: Int) async {
        #expect(await lives.firstViolation(Lives.freshSeeds(250)) == nil)
    }

    @Test("reaches everything that can happen")
    func coverage() async {
        #expect(
            await lives.seen(0..<100) == [
                "hit", "ask", "wait", "bypass", "stale", "answer", "deliver", "writeToUser", "lose", "move",
                "shared", "sharedNo", "sharedFailure", "sentAway",
            ])
    }
}
