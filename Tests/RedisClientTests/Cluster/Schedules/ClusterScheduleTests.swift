import Testing

@testable import RedisClient

@Suite("The cluster's table under random schedules")
struct ClusterScheduleTests {
    /// The same schedules every time, so that a change that breaks one is noticed at once.
    @Test("keeps its promises under known seeds", arguments: 0..<4)
    func knownSeeds(slice: UInt64) {
        run(seeds: (0..<20).map { slice << 32 | $0 })
    }

    /// New ones every time: a failure prints the seed that repeats it.
    @Test("keeps its promises under fresh seeds", arguments: 0..<4)
    func freshSeeds(slice: Int) {
        var generator = SystemRandomNumberGenerator()
        run(seeds: (0..<20).map { _ in generator.next() })
    }

    @Test("reaches every kind of event")
    func coverage() {
        var seen: Set<String> = []
        for seed in 0..<40 as Range<UInt64> {
            let schedule = ClusterSchedule(seed: seed)
            schedule.run(events: 300)
            seen.formUnion(schedule.seen.keys)
        }
        #expect(
            seen == [
                "read", "write", "migrate", "failOver", "redirected", "unsettled", "handed", "more", "busy", "refused",
                "told",
                "retired", "noNode",
            ])
    }

    @Test(
        "a driver that does without one of the table's decisions is found",
        arguments: [
            (.holdsNothingBack, "a master answers without"), (.forgetsLosers, "what a loser read still counts"),
            (.keepsRetired, "a forgotten node is not shut down"), (.neverEndsSettlement, "wait for ever"),
        ] as [(ClusterSchedule.Fault, String)])
    func negativeControls(fault: ClusterSchedule.Fault, expected: String) {
        let violations = (0..<400 as Range<UInt64>).lazy.compactMap { seed in
            let schedule = ClusterSchedule(seed: seed, fault: fault)
            schedule.run(events: 300)
            return schedule.violation
        }
        #expect(violations.first { $0.contains(expected) } != nil)
    }

    private func run(seeds: [UInt64]) {
        for seed in seeds {
            let schedule = ClusterSchedule(seed: seed)
            schedule.run(events: 300)
            if let violation = schedule.violation {
                Issue.record("seed \(seed): \(violation)")
                return
            }
        }
    }
}
