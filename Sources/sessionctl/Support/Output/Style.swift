import Foundation

/// Colour, or none.
struct Style {
    let isColoured: Bool

    static let plain = Style(isColoured: false)

    /// Coloured on a terminal that can, unless NO_COLOR is set (https://no-color.org).
    static var standardOutput: Style {
        let environment = ProcessInfo.processInfo.environment
        let refused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return Style(isColoured: isatty(STDOUT_FILENO) == 1 && !refused && environment["TERM"] != "dumb")
    }

    func paint(_ text: String, _ tint: Tint) -> String {
        guard isColoured, let code = tint.code else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}

enum Tint {
    case none, heading, good, doubtful, bad, faint

    fileprivate var code: Int? {
        switch self {
        case .none: nil
        case .heading: 1
        case .good: 32
        case .doubtful: 33
        case .bad: 31
        case .faint: 2
        }
    }
}
