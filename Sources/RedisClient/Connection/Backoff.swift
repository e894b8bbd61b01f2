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

    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let bound = min(cap.clampedNanoseconds, base.clampedNanoseconds << min(failures, 20))
        failures += 1
        return .nanoseconds(Int64.random(in: 0...bound, using: &generator))
    }

    mutating func reset() {
        failures = 0
    }
}
