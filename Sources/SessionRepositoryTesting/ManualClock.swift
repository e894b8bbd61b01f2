public import Foundation
import Synchronization

/// A clock that stands still until it is told to move, for `InMemorySessionRepository`.
public final class ManualClock: Sendable {
    private let milliseconds: Mutex<Int64>

    /// Stands at `date`, rounded to milliseconds, until `advance`.
    public init(startingAt date: Date = Date(timeIntervalSince1970: 1_900_000_000)) {
        milliseconds = Mutex(Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }

    /// Where it stands. Milliseconds are all that a store knows.
    public var now: Date {
        Date(timeIntervalSince1970: Double(milliseconds.withLock { $0 }) / 1000)
    }

    /// Moves by `duration`, rounded to milliseconds; a negative one moves it back.
    public func advance(by duration: Duration) {
        milliseconds.withLock { $0 += Int64((duration / .milliseconds(1)).rounded()) }
    }

    package func set(to unixMilliseconds: Int64) {
        milliseconds.withLock { $0 = unixMilliseconds }
    }
}
