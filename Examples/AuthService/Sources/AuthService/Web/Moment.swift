import Foundation

/// A time as a page shows it.
struct Moment {
    /// For `datetime`.
    let machine: String
    /// Such as `3 Mar, 14:05`, in UTC.
    let exact: String
    /// Such as `12 minutes ago`.
    let relative: String

    init(_ date: Date, now: Date) {
        machine = date.formatted(.iso8601)
        exact = Self.exactly(date)
        relative = Self.ago(now.timeIntervalSince(date))
    }

    private static func exactly(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let part = calendar.dateComponents([.day, .month, .hour, .minute], from: date)
        guard let day = part.day, let month = part.month, let hour = part.hour, let minute = part.minute else {
            return date.formatted(.iso8601)
        }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = [hour, minute].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return "\(day) \(months[month - 1]), \(clock)"
    }

    private static func ago(_ seconds: TimeInterval) -> String {
        // Activity is recorded once a minute.
        let minutes = Int(seconds / 60)
        switch minutes {
        case ..<2: return "Just now"
        case ..<60: return "\(minutes) minutes ago"
        case ..<120: return "1 hour ago"
        case ..<(24 * 60): return "\(minutes / 60) hours ago"
        case ..<(48 * 60): return "Yesterday"
        default: return "\(minutes / (24 * 60)) days ago"
        }
    }
}
