/// Many tasks that ask one after the other, as the requests of a server do.
struct Load {
    let operation: String
    let requests: Int
    let concurrency: Int
    /// One request in so many is timed. Where a request takes about as long as looking at the clock, timing each one
    /// would mostly measure the clock.
    var timedOneIn = 1

    /// A request's number, unlike any other's, and one drawn evenly from all integers.
    struct Request: Sendable {
        let index: Int
        let random: UInt64
    }

    func measure(_ body: @escaping @Sendable (Request) async throws -> Void) async throws -> BenchRow {
        let processor = ProcessorTime.ownMicroseconds()
        let start = ContinuousClock.now
        let latencies = try await withThrowingTaskGroup(of: Histogram.self) { group in
            for task in 0..<min(concurrency, requests) {
                group.addTask { try await ask(from: task, body) }
            }
            return try await group.reduce(into: Histogram()) { $0.add($1) }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return BenchRow(
            operation: operation, concurrency: concurrency, perSecond: Double(requests) / seconds,
            p50us: latencies.microseconds(atPart: 0.5), p99us: latencies.microseconds(atPart: 0.99),
            p999us: latencies.microseconds(atPart: 0.999),
            clientCPUus: (ProcessorTime.ownMicroseconds() - processor) / Double(requests))
    }

    /// One task's share: every request whose number is its own, modulo the number of tasks.
    private func ask(
        from first: Int, _ body: @Sendable (Request) async throws -> Void
    ) async throws -> Histogram {
        var latencies = Histogram()
        var random = UInt64(first) &* 0x9E37_79B9_7F4A_7C15
        var untilTimed = 1
        for index in stride(from: first, to: requests, by: concurrency) {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let request = Request(index: index, random: random >> 20)
            untilTimed -= 1
            if untilTimed == 0 {
                untilTimed = timedOneIn
                let start = ContinuousClock.now
                try await body(request)
                latencies.record(ContinuousClock.now - start)
            } else {
                try await body(request)
            }
        }
        return latencies
    }
}
