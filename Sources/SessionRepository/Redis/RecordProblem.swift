/// What is wrong with a record, in words that follow "the record … does not decode:".
struct RecordProblem: Error, Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}
