import SessionRepository

/// Attributes as options give them: `name=value`.
enum AttributeText {
    static func values(_ options: [String]) throws -> [String: String] {
        var attributes: [String: String] = [:]
        for text in options {
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                throw SessionRepositoryError.invalidInput(field: "--attribute", problem: "it must be name=value")
            }
            let name = String(text[..<sign])
            guard attributes.updateValue(String(text[sign...].dropFirst()), forKey: name) == nil else {
                throw SessionRepositoryError.invalidInput(field: "--attribute", problem: "\(name) is given twice")
            }
        }
        return attributes
    }

    /// What is set and what is removed.
    static func changes(set options: [String], remove names: [String]) throws -> [String: String?] {
        var changes: [String: String?] = try values(options)
        for name in names where changes.updateValue(nil, forKey: name) != nil {
            throw SessionRepositoryError.invalidInput(field: "--remove-attribute", problem: "\(name) is given twice")
        }
        return changes
    }
}
