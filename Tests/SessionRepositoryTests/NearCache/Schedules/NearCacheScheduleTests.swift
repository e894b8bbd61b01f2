import Testing

@testable import SessionRepository

@Suite("The near cache under random schedules")
struct NearCacheScheduleTests {
    /// The same schedules every time, so that a change that breaks one is noticed by whoever makes it.
    @Test("keeps its promises under known seeds", arguments: 0..<4)
    func knownSeeds(slice: UInt64) async {
        await run(seeds: (0..<250).map { slice << 32 | $0 })
    }

    /// New ones every time: a failure prints the seed that repeats it.
    @Test("keeps its promises under fresh seeds", arguments: 0..<4)
    func freshSeeds(slice: Int) async {
        var generator = SystemRandomNumberGenerator()
        await run(seeds: (0..<250).map { _ in generator.next() })
    }

    @Test("reaches everything that can happen")
    func coverage() async {
        var seen: Set<String> = []
        for seed in 0..<100 as Range<UInt64> {
            let schedule = NearCacheSchedule(seed: seed)
            await schedule.run(events: 300)
            seen.formUnion(schedule.seen.keys)
        }
        #expect(
            seen == [
                "hit", "ask", "wait", "bypass", "stale", "answer", "deliver", "writeToUser", "lose", "move",
                "shared", "sharedNo", "sharedFailure", "sentAway",
            ])
    }

    private func run(seeds: [UInt64]) async {
        for seed in seeds {
            let schedule = NearCacheSchedule(seed: seed)
            await schedule.run(events: 300)
            if let violation = schedule.violation {
                Issue.record("seed \(seed): \(violation)")
                return
            }
        }
    }
}
