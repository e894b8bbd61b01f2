import TestSupport
import Testing

@testable import RedisClient

@Suite("Tracking under random schedules")
struct TrackingScheduleTests {
    private typealias Lives = Schedules<TrackingSchedule>
    private let lives = Lives(events: 300) { TrackingSchedule(seed: $0) }

    @Test("never promises changes that would not be heard, under known seeds", arguments: 0..<4)
    func knownSeeds(slice: UInt64) async {
        #expect(await lives.firstViolation(Lives.knownSeeds(500, slice: slice)) == nil)
    }

    @Test("never promises changes that would not be heard, under a seed that once failed")
    func failedSeed() async {
        #expect(await lives.firstViolation([18_423_468_646_098_697_150]) == nil)
    }

    @Test("never promises changes that would not be heard, under fresh seeds", arguments: 0..<4)
    func freshSeeds(slice: Int) async {
        #expect(await lives.firstViolation(Lives.freshSeeds(500)) == nil)
    }

    @Test("reaches every kind of event")
    func coverage() async {
        #expect(
            await lives.seen(0..<200) == [
                "begin", "end", "endOnItsWay", "silent", "heard", "refused", "relocate", "oldAnswer", "timedOut",
                "unidentified",
            ])
    }

    @Test("a driver that breaks the machine's contract is found", arguments: TrackingSchedule.Fault.allCases)
    func negativeControls(fault: TrackingSchedule.Fault) async {
        let broken = Lives(events: 300) { TrackingSchedule(seed: $0, fault: fault) }
        let expected =
            fault == .ignoresSilence ? "believes a connection that is silent" : "a change would not be heard"
        #expect(await broken.firstViolation(0..<500) { $0 == expected } != nil)
    }
}
