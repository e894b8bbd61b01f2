/// Many tasks that ask one after the other, as the requests of a server do.
struct Load {
    let requests: Int
    let concurrency: Int

    /// Runs `body` that many times; its argument is a number drawn evenly from all integers.
    func measure(
        _ operation: String, _ body: @escaping @Sendable (UInt64) async throws -> Void
    ) async throws -> BenchRow {
        let start = ContinuousClock.now
        let share = (requests + concurrency - 1) / concurrency
        let latencies = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for task in 0..<concurrency {
                group.addTask { try await Self.ask(share, seed: UInt64(task), body) }
            }
            var latencies: [Duration] = []
            for try await some in group { latencies += some }
            return latencies.sorted()
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return BenchRow(
            operation: operation, concurrency: concurrency, perSecond: Double(share * concurrency) / seconds,
            p50us: latencies[latencies.count / 2] / .microseconds(1),
            p99us: latencies[latencies.count * 99 / 100] / .microseconds(1))
    }

    /// - Returns: how long every fourth request took. Looking at the clock more often would be measured too.
    private static func ask(
        _ count: Int, seed: UInt64, _ body: @Sendable (UInt64) async throws -> Void
    ) async throws -> [Duration] {
        var latencies: [Duration] = []
        latencies.reserveCapacity(count / 4 + 1)
        var number = seed &* 0x9E37_79B9_7F4A_7C15
        for position in 0..<count {
            number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            if position.isMultiple(of: 4) {
                let start = ContinuousClock.now
                try await body(number >> 20)
                latencies.append(ContinuousClock.now - start)
            } else {
                try await body(number >> 20)
            }
        }
        return latencies
    }
}
