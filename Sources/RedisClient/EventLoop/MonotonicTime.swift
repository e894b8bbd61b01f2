/// A moment of the machine's monotonic clock, in nanoseconds. The clock goes on while the machine is suspended, so that
/// nothing is believed after a laptop's sleep. Sixty-four bits, because one is read for every turn of the loop and kept for
/// every command.
package struct MonotonicTime: Comparable, Hashable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static func now() -> MonotonicTime {
        MonotonicTime(nanoseconds: Platform.nanosecondsCountingSuspension())
    }

    package static let distantFuture = MonotonicTime(nanoseconds: .max)

    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Saturates: a sum beyond the clock's range is the end that it went beyond.
    package static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
        let (sum, overflow) = time.nanoseconds.addingReportingOverflow(duration.clampedNanoseconds)
        guard !overflow else { return duration < .zero ? MonotonicTime(nanoseconds: .min) : .distantFuture }
        return MonotonicTime(nanoseconds: sum)
    }

    /// How long after `earlier` this is; zero when it is not.
    package func duration(since earlier: MonotonicTime) -> Duration {
        guard self > earlier else { return .zero }
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        return .nanoseconds(overflow ? .max : difference)
    }

    /// Milliseconds from now until this moment as `poll` wants them: rounded up, never negative, -1 for "for ever".
    package func pollTimeout(from now: MonotonicTime) -> Int32 {
        guard self < .distantFuture else { return -1 }
        guard now < self else { return 0 }
        let (rest, overflow) = nanoseconds.subtractingReportingOverflow(now.nanoseconds)
        return overflow ? .max : Int32(clamping: (rest - 1) / 1_000_000 + 1)
    }
}

extension Duration {
    package var clampedNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard !overflowed else { return seconds < 0 ? .min : .max }
        return sum
    }
}
