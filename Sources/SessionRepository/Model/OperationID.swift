/// Names one bulk operation, so that a repeated attempt is answered with the first one's result.
public struct OperationID: Hashable, Sendable, CustomStringConvertible {
    package let random: RandomPart

    /// A new ID: 128 random bits.
    public init() {
        random = .generate()
    }

    /// Reads an ID as `description` writes it, to continue an operation.
    /// - Throws: `invalidInput` for any other text.
    public init(_ text: String) throws(SessionRepositoryError) {
        guard let random = RandomPart(base64URL: text) else {
            throw .invalidInput(field: "operation ID", problem: "it must have 22 characters of base64url")
        }
        self.random = random
    }

    /// The ID's text, 22 characters of base64url.
    public var description: String { random.text }
}
