/// Durations as text: `30d`, `2h`, `90m`, `45s`, `500ms`, and combinations such as `1h30m`.
package enum DurationText {
    private static let units: [(name: Substring, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// What is asked for.
    package static let form = "a duration such as 30d, 2h, 90m, 45s, 500ms or 1h30m"

    package static func duration(_ text: String, field: String) throws(SessionRepositoryError) -> Duration {
        guard let duration = duration(text) else { throw .invalidInput(field: field, problem: "it must be \(form)") }
        return duration
    }

    /// `nil` for anything else.
    package static func duration(_ text: String) -> Duration? {
        milliseconds(text).map { .milliseconds($0) }
    }

    /// The larger unit first, none twice.
    private static func milliseconds(_ text: String) -> Int64? {
        var rest = text[...]
        var units = Self.units[...]
        var total: Int64 = 0
        repeat {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest.removeFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest.removeFirst(name.count)
            // Nine digits of the largest unit still fit.
            guard digits.count <= 9, let count = Int64(digits) else { return nil }
            guard let unit = units.firstIndex(where: { $0.name == name }) else { return nil }
            total += count * units[unit].milliseconds
            units = units[(unit + 1)...]
        } while !rest.isEmpty
        return total
    }
}
