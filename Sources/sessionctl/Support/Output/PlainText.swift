/// Text from clients, made fit for a terminal. A device name or a user agent can hold whatever somebody sent: escape
/// sequences that move the cursor, characters that reverse the line.
enum PlainText {
    /// One line: line breaks are neutralized too.
    static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHostile) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isHostile(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    /// Several lines, such as a message.
    static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) }.joined(separator: "\n")
    }

    private static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        // Among these are the characters that reverse the text; only the one inside emoji does no harm.
        case .format: scalar != "\u{200D}"
        default: false
        }
    }
}

extension String {
    /// How many columns of a terminal the text takes.
    var columns: Int {
        reduce(0) { $0 + $1.columns }
    }

    /// Cut to a number of columns, with an ellipsis where something is missing.
    func cut(toColumns limit: Int) -> String {
        guard columns > limit else { return self }
        var width = 0
        let kept = prefix { character in
            width += character.columns
            return width < limit
        }
        return kept + "…"
    }
}

extension Character {
    /// Two for East Asian wide characters and emoji, none for a mark without a letter.
    fileprivate var columns: Int {
        guard let first = unicodeScalars.first else { return 0 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        let isEmoji = unicodeScalars.contains { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }
        return isEmoji || Self.wideRanges.contains { $0.contains(first.value) } ? 2 : 1
    }

    /// Unicode's East Asian Width "W" and "F", without the emoji, which Swift knows by themselves.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x20000...0x3FFFD,
    ]
}
