package import RedisClient
import Synchronization

/// Of which sessions activity was recorded a moment ago, as Redis has told this process, so that it need not ask at each
/// request whether there is something to record.
///
/// A table of fixed size without a lock: one word for each session's place, half of it bits of the session's ID and half
/// the time until which nothing is to be recorded. Who comes later to the same place takes it over; whom it belonged to
/// asks Redis. No answer is wrong for that, nor when two write at the same time.
package final class RecentActivity: Sendable {
    // `Atomic` cannot be put into an array. Made in `init`, freed in `deinit`, and never moved between the two: what
    // others share is the words, which are atomic.
    private nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<UInt64>>
    private let count: Int

    /// - Parameter sessions: how many are to find room, by and large.
    package init(sessions: Int) {
        var count = 64
        // Half empty, so that few share a place.
        while count < 2 * sessions { count *= 2 }
        self.count = count
        words = .allocate(capacity: count)
        for position in 0..<count { (words + position).initialize(to: Atomic(0)) }
    }

    deinit {
        words.deinitialize(count: count)
        words.deallocate()
    }

    /// Redis has said for how long there is nothing new to record. Counted from a moment at which it had not been asked yet,
    /// so that activity goes unrecorded for no longer than if it were asked each time.
    package func note(_ id: SessionID, for rest: Duration, from moment: MonotonicTime) {
        guard rest > .zero else { return }
        let end = Self.ticks(moment + min(rest, Self.longest))
        word(of: id).pointee.store(UInt64(Self.mark(of: id)) << 32 | UInt64(end), ordering: .relaxed)
    }

    /// Whether there is nothing new to record.
    package func contains(_ id: SessionID, at now: MonotonicTime) -> Bool {
        let word = word(of: id).pointee.load(ordering: .relaxed)
        guard word >> 32 == UInt64(Self.mark(of: id)) else { return false }
        let rest = UInt32(truncatingIfNeeded: word) &- Self.ticks(now)
        return rest > 0 && rest <= Self.longestTicks
    }

    /// Sixteen milliseconds, rounded down. A number of 32 bits comes back after 795 days, when no session is left from the
    /// last time.
    private static func ticks(_ time: MonotonicTime) -> UInt32 {
        UInt32(truncatingIfNeeded: time.nanoseconds / 16_000_000)
    }

    /// A tenth of the longest idle timeout: a script lets nothing go unrecorded for longer.
    private static let longest = Duration.seconds(40 * 86_400)
    private static let longestTicks = UInt32(40 * 86_400 * 1000 / 16)

    /// Other bits than those of the place.
    private static func mark(of id: SessionID) -> UInt32 {
        UInt32(truncatingIfNeeded: id.value.random.high)
    }

    private func word(of id: SessionID) -> UnsafeMutablePointer<Atomic<UInt64>> {
        words + (Int(truncatingIfNeeded: id.value.random.low) & (count - 1))
    }
}
