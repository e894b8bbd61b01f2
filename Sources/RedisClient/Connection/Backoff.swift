/// Exponential backoff with full jitter: each pause is drawn evenly from zero to a bound that doubles up to a cap, so
/// that a thousand clients do not return in step.
struct Backoff {
    let base: Duration
    let cap: Duration
    private(set) var failures = 0

    init(base: Duration = .milliseconds(50), cap: Duration = .seconds(1)) {
        self.base = base
        self.cap = cap
    }

    /// - Parameters:
    ///   - connections: how many have lost the same server.
    ///   - isRejected: whether the server let the connection log in and did nothing for it. Log-ins are work for a server: all
    ///     of its connections together try no more often than one alone, and the bound grows twice as fast.
    mutating func next(
        using generator: inout some RandomNumberGenerator, among connections: Int = 1, isRejected: Bool = false
    ) -> Duration {
        let alone = min(cap.clampedNanoseconds, base.clampedNanoseconds << min(failures, 20))
        let bound = isRejected ? alone * Int64(max(1, connections)) : alone
        failures += isRejected ? 2 : 1
        return .nanoseconds(Int64.random(in: (isRejected ? bound / 2 : 0)...bound, using: &generator))
    }

    mutating func reset() {
        failures = 0
    }
}
