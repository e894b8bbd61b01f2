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

    /// With or without a fraction of a second, of which whole milliseconds count; the offset from UTC is not optional.
    /// Strictly as RFC 3339 §5.6 has it: a date that does not exist is none, and neither is a leap second, which Unix
    /// time does not have.
    static func date(_ text: String, field: String) throws(SessionRepositoryError) -> Date {
        guard let date = date(text) else {
            throw .invalidInput(field: field, problem: "it must be a time such as 2030-06-30T18:00:00Z (RFC 3339)")
        }
        return date
    }

    private static func date(_ text: String) -> Date? {
        let pattern =
            #/
            (?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})
            [Tt]
            (?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})(?:\.(?<fraction>[0-9]+))?
            (?<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})
            /#
        guard let match = text.wholeMatch(of: pattern) else { return nil }
        guard let year = Int(match.year), let month = Int(match.month), let day = Int(match.day),
            let hour = Int(match.hour), let minute = Int(match.minute), let second = Int(match.second)
        else { return nil }
        guard (1...12).contains(month), (1...days(in: month, of: year)).contains(day) else { return nil }
        guard hour <= 23, minute <= 59, second <= 59 else { return nil }
        guard let offset = minutes(match.offset) else { return nil }
        let wholeMinutes = (daysSince1970(year, month, day) * 24 + hour) * 60 + minute - offset
        let milliseconds = Int("\(match.fraction ?? "")000".prefix(3)) ?? 0
        return Date(timeIntervalSince1970: Double((wholeMinutes * 60 + second) * 1000 + milliseconds) / 1000)
    }

    private static func minutes(_ offset: Substring) -> Int? {
        guard offset.count == 6 else { return 0 }
        guard let hours = Int(offset.dropFirst().prefix(2)), let minutes = Int(offset.suffix(2)) else { return nil }
        guard hours <= 23, minutes <= 59 else { return nil }
        return (offset.first == "-" ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// In the Gregorian calendar; a year begins with March here, so that a leap day comes last.
    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
