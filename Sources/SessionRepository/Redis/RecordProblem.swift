import Foundation

/// What is wrong with a record, in words that follow "the record … does not decode:".
struct RecordProblem: Error, Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}

extension Date {
    /// A time as records hold it: Unix milliseconds in decimal digits.
    init(recorded text: String, field: String) throws(RecordProblem) {
        guard let milliseconds = Int64(text), (0...253_402_300_799_999).contains(milliseconds) else {
            throw RecordProblem("\(field) is not a time in Unix milliseconds")
        }
        self.init(unixMilliseconds: milliseconds)
    }
}
