import Foundation

extension Presentation {
    /// Such as "3 minutes ago" or "in 14 days".
    func relative(_ date: Date) -> String {
        let seconds = date.timeIntervalSince(now)
        guard abs(seconds) >= 0.5 else { return "now" }
        let amount = Self.amount(abs(seconds))
        return seconds < 0 ? "\(amount) ago" : "in \(amount)"
    }

    /// The exact time, and how far away that is.
    func absolute(_ date: Date) -> String {
        "\(RFC3339.text(date)) (\(relative(date)))"
    }

    /// Rounded, so that what has just been given 14 days reads so. Two days of anything are named in days.
    private static func amount(_ seconds: Double) -> String {
        for (unit, size, limit) in [("second", 1.0, 60.0), ("minute", 60, 60), ("hour", 3600, 48)] {
            let count = (seconds / size).rounded()
            if count < limit { return text(Int(count), unit) }
        }
        return text(Int((seconds / 86_400).rounded()), "day")
    }

    private static func text(_ count: Int, _ unit: String) -> String {
        "\(count) \(unit)\(count == 1 ? "" : "s")"
    }
}
