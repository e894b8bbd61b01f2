/// Names one bulk operation, so that a repeated attempt is answered with the first one's result.
public struct OperationID: Hashable, Sendable, CustomStringConvertible {
    package let random: RandomPart

    /// A new ID: 128 random bits.
    public init() {
        random = .generate()
    }

    /// The ID's text, 22 characters of base64url.
    public var description: String { random.text }
}
