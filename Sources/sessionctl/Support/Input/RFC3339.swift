import Foundation
import SessionRepository

/// Points in time as text: `2025-06-30T18:00:00.000Z`.
enum RFC3339 {
    /// In UTC with milliseconds. A date holds them as a binary fraction, so they are rounded, not cut off.
    static func text(_ date: Date) -> String {
        let milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
        let (seconds, fraction) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let whole = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
        return "\(whole.dropLast()).\(String(1000 + fraction).dropFirst())Z"
    }

    /// With or without a fraction of a second; the offset from UTC is not optional.
    static func date(_ text: String, field: String) throws(SessionRepositoryError) -> Date {
        for hasFraction in [false, true] {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: hasFraction)
            if let date = try? style.parse(text) { return date }
        }
        throw .invalidInput(field: field, problem: "it must be a time such as 2030-06-30T18:00:00Z (RFC 3339)")
    }
}
