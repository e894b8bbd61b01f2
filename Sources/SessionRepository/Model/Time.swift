package import Foundation

extension Duration {
    /// Milliseconds, rounded up. The receiver is within `InputLimits.longestLifetime`.
    package var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}

/// Redis holds every time as Unix milliseconds.
extension Date {
    /// What a record can hold: the years 1970 to 9999.
    package static let recordable: ClosedRange<Int64> = 0...253_402_300_799_999

    package init(unixMilliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(unixMilliseconds) / 1000)
    }

    /// `nil` outside of what a record can hold.
    package var unixMilliseconds: Int64? {
        let milliseconds = Int64(exactly: (timeIntervalSince1970 * 1000).rounded())
        guard let milliseconds, Self.recordable.contains(milliseconds) else { return nil }
        return milliseconds
    }
}
