import Foundation

/// JSON on one line, keys in alphabetical order, times in RFC 3339.
enum JSON {
    static func text(_ document: any Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(RFC3339.text(date))
        }
        // Our documents hold strings, numbers, booleans and dates only: there is nothing that cannot be encoded.
        guard let data = try? encoder.encode(document) else { return "null" }
        return String(decoding: data, as: UTF8.self)
    }
}
