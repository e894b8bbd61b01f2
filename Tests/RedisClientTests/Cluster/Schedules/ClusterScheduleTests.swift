import TestSupport
import Testing

@testable import RedisClient

@Suite("The cluster's table under random schedules")
struct ClusterScheduleTests {
    private typealias Lives = Schedules<ClusterSchedule>
    private let lives = Lives(events: 300) { ClusterSchedule(seed: $0) }

    @Test("keeps its promises under known seeds", arguments: 0..<4)
    func knownSeeds(slice: UInt64) async {
        #expect(await lives.firstViolation(Lives.knownSeeds(20, slice: slice)) == nil)
    }

    @Test("keeps its promises under fresh seeds", arguments: 0..<4)
    func freshSeeds(slice: Int) async {
        #expect(await lives.firstViolation(Lives.freshSeeds(20)) == nil)
    }

    @Test("reaches every kind of event")
    func coverage() async {
        #expect(
            await lives.seen(0..<40) == [
                "read", "write", "migrate", "failOver", "redirected", "unsettled", "handed", "more", "busy", "refused",
                "told", "retired", "noNode",
            ])
    }

    @Test(
        "a driver that does without one of the table's decisions is found",
        arguments: [
            (.holdsNothingBack, "a master answers without"), (.forgetsLosers, "what a loser read still counts"),
            (.keepsRetired, "a forgotten node is not shut down"), (.neverEndsSettlement, "wait for ever"),
        ] as [(ClusterSchedule.Fault, String)])
    func negativeControls(fault: ClusterSchedule.Fault, expected: String) async {
        let broken = Lives(events: 300) { ClusterSchedule(seed: $0, fault: fault) }
        #expect(await broken.firstViolation(0..<400) { $0.contains(expected) } != nil)
    }
}
