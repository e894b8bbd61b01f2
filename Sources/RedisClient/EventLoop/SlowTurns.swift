/// Which turns of a loop took so long that tasks on its thread held up everything else: pure.
struct SlowTurns {
    /// A turn may take so long.
    static let limit = Duration.milliseconds(10)
    /// Between two log entries.
    static let quiet = Duration.seconds(10)

    private var loggedAt: MonotonicTime?
    /// Since the last log entry.
    private var count = 0
    private var longest = Duration.zero

    /// What a log entry says.
    struct Report: Equatable {
        let count: Int
        let longest: Duration
    }

    /// - Returns: what to log; `nil` when the last entry is not long ago.
    mutating func note(_ duration: Duration, now: MonotonicTime) -> Report? {
        count += 1
        longest = max(longest, duration)
        if let loggedAt, now < loggedAt + Self.quiet { return nil }
        defer { (loggedAt, count, longest) = (now, 0, .zero) }
        return Report(count: count, longest: longest)
    }
}
