/// Many lives of one thing, each from its seed.
///
/// They are computed without a pause, and all tests of a process share a few threads. After each schedule other tests have
/// their turn.
package struct Schedules<Schedule: RandomSchedule> {
    private let events: Int
    private let make: (UInt64) -> Schedule

    package init(events: Int, _ make: @escaping (UInt64) -> Schedule) {
        self.events = events
        self.make = make
    }

    /// Seeds that are the same every time, so that a change that breaks a promise is noticed at once.
    package static func knownSeeds(_ count: Int, slice: UInt64) -> [UInt64] {
        (0..<UInt64(count)).map { slice << 32 | $0 }
    }

    /// New ones every time.
    package static func freshSeeds(_ count: Int) -> [UInt64] {
        (0..<count).map { _ in .random(in: .min ... .max) }
    }

    /// The first promise that breaks, with the seed that repeats it.
    package func firstViolation(
        _ seeds: some Sequence<UInt64>, where isWanted: (String) -> Bool = { _ in true }
    ) async -> String? {
        for seed in seeds {
            if let violation = await play(seed).violation, isWanted(violation) { return "seed \(seed): \(violation)" }
        }
        return nil
    }

    /// Every kind of thing that happens in them.
    package func seen(_ seeds: some Sequence<UInt64>) async -> Set<String> {
        var seen: Set<String> = []
        for seed in seeds { seen.formUnion(await play(seed).seen.keys) }
        return seen
    }

    private func play(_ seed: UInt64) async -> Schedule {
        await Task.yield()
        let schedule = make(seed)
        await schedule.run(events: events)
        return schedule
    }
}
