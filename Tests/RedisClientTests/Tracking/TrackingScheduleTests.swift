import Testing

@testable import RedisClient

@Suite("Tracking under random schedules")
struct TrackingScheduleTests {
    /// The same schedules every time, so that a change that breaks one is noticed at once.
    @Test("never promises changes that would not be heard, under known seeds", arguments: 0..<4)
    func knownSeeds(slice: UInt64) {
        run(seeds: (0..<500).map { slice << 32 | $0 })
    }

    @Test("never promises changes that would not be heard, under a seed that once failed")
    func failedSeed() {
        run(seeds: [18_423_468_646_098_697_150])
    }

    /// New ones every time: a failure prints the seed that repeats it.
    @Test("never promises changes that would not be heard, under fresh seeds", arguments: 0..<4)
    func freshSeeds(slice: Int) {
        var generator = SystemRandomNumberGenerator()
        run(seeds: (0..<500).map { _ in generator.next() })
    }

    @Test("reaches every kind of event")
    func coverage() {
        var seen: Set<String> = []
        for seed in 0..<200 as Range<UInt64> {
            let schedule = TrackingSchedule(seed: seed)
            schedule.run(events: 300)
            seen.formUnion(schedule.seen.keys)
        }
        #expect(
            seen == [
                "begin", "end", "endOnItsWay", "silent", "heard", "refused", "relocate", "oldAnswer", "timedOut",
                "unidentified",
            ])
    }

    @Test("a driver that breaks the machine's contract is found", arguments: TrackingSchedule.Fault.allCases)
    func negativeControls(fault: TrackingSchedule.Fault) {
        let violations = (0..<500 as Range<UInt64>).lazy.compactMap { seed in
            let schedule = TrackingSchedule(seed: seed, fault: fault)
            schedule.run(events: 300)
            return schedule.violation
        }
        let expected =
            fault == .ignoresSilence ? "believes a connection that is silent" : "a change would not be heard"
        #expect(violations.first { $0 == expected } != nil)
    }

    private func run(seeds: [UInt64]) {
        for seed in seeds {
            let schedule = TrackingSchedule(seed: seed)
            schedule.run(events: 300)
            if let violation = schedule.violation {
                Issue.record("seed \(seed): \(violation)")
                return
            }
        }
    }
}
