/// What assurance can be made of. All of it is printable ASCII without spaces, so that a record reads well.
extension InputLimits {
    package static let levelBytes = 64
    package static let methodCount = 8
    package static let methodBytes = 32

    package static func level(_ text: String?) throws(SessionRepositoryError) -> String? {
        guard let text else { return nil }
        guard isWord(text, of: levelBytes) else {
            throw .invalidInput(
                field: "level", problem: "it must be 1 to \(levelBytes) printable ASCII characters without spaces")
        }
        return text
    }

    package static func methods(_ methods: [String]) throws(SessionRepositoryError) -> [String] {
        guard methods.count <= methodCount else {
            throw .invalidInput(field: "methods", problem: "there can be at most \(methodCount)")
        }
        guard methods.allSatisfy({ isWord($0, of: methodBytes) }) else {
            throw .invalidInput(
                field: "methods",
                problem: "each must be 1 to \(methodBytes) printable ASCII characters without spaces")
        }
        return methods
    }

    private static func isWord(_ text: String, of bytes: Int) -> Bool {
        (1...bytes).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

/// An elevation after its checks.
package struct ElevationInput {
    package let level: String
    package let methods: [String]
    /// Milliseconds.
    package let duration: Int64

    package init(level: String, methods: [String], duration: Duration) throws(SessionRepositoryError) {
        self.level = try InputLimits.level(level) ?? ""
        self.methods = try InputLimits.methods(methods)
        self.duration = try InputLimits.lifetime(duration, field: "elevation")
    }

    package func elevation(until: Int64) -> Elevation {
        Elevation(level: level, methods: methods, until: until)
    }

    /// As a record has it, after the time.
    var stored: String { ([level] + methods).joined(separator: " ") }
}
