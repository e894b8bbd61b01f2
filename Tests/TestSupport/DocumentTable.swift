import Foundation

/// The rows of a table in a document of the folder `docs`.
package enum DocumentTable {
    /// What stands in the first column below a heading, without its backticks.
    package static func names(in document: String, below heading: String) throws -> [String] {
        try rows(in: document, below: heading).compactMap(\.first)
    }

    /// Of each row the words in backticks, in their order.
    package static func rows(in document: String, below heading: String) throws -> [[String]] {
        try columns(in: document, below: heading).map { $0.flatMap(\.self) }
    }

    /// Of each row, for each column, the words in backticks.
    package static func columns(in document: String, below heading: String) throws -> [[[String]]] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/\(document)").standardizedFileURL
        let text = try String(contentsOf: file, encoding: .utf8)
        let sections = text.components(separatedBy: "\n## ")
        guard let section = sections.first(where: { $0.hasPrefix("\(heading)\n") }) else { return [] }
        return section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
            row.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map { column in
                column.matches(of: #/`([^`]+)`/#).map { String($0.1) }
            }
        }
    }
}
