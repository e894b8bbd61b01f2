import Testing

@testable import RedisClient

@Suite("The connection machine under random schedules")
struct ScheduleTests {
    /// The same schedules every time, so that a change that breaks one is noticed by whoever makes it.
    @Test("keeps its promises under known seeds", arguments: 0..<8)
    func knownSeeds(slice: UInt64) {
        run(seeds: (0..<250).map { slice << 32 | $0 })
    }

    /// New ones every time: a failure prints the seed that repeats it.
    @Test("keeps its promises under fresh seeds", arguments: 0..<4)
    func freshSeeds(slice: Int) {
        var generator = SystemRandomNumberGenerator()
        run(seeds: (0..<250).map { _ in generator.next() })
    }

    @Test("reaches every way in which a request can end")
    func coverage() {
        var seen: Set<String> = []
        for seed in 0..<1500 as Range<UInt64> {
            let schedule = Schedule(seed: seed)
            schedule.run(events: 60)
            seen.formUnion(schedule.seen.keys)
        }
        #expect(
            seen == [
                "reply", "late", "send", "retry", "stall", "finish", "cancelled", "timedOut", "unavailable",
                "server", "outcomeUnknown", "shutDown", "part", "givenUp", "damage", "protocolFailure", "master",
                "refuted", "renamed", "raced",
            ])
    }

    @Test("finds the wrong answers of a driver that does not compare nonces")
    func negativeControl() {
        let violations = (0..<250 as Range<UInt64>).compactMap { seed in
            let schedule = Schedule(seed: seed, believesEverything: true)
            schedule.run(events: 60)
            return schedule.violation
        }
        #expect(violations.contains { $0.contains("the answer to") })
    }

    private func run(seeds: [UInt64]) {
        for seed in seeds {
            let schedule = Schedule(seed: seed)
            schedule.run(events: 60)
            if let violation = schedule.violation {
                Issue.record("seed \(seed): \(violation)")
                return
            }
        }
    }
}
