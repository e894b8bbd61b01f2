/// The application's own name for a user: 1 to 256 bytes of UTF-8 without control characters.
public struct UserID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Takes the text as it is, byte for byte.
    /// - Throws: `invalidInput` when `text` is empty, too long or holds a control character.
    public init(_ text: String) throws(SessionRepositoryError) {
        self.text = try InputLimits.identifier(text, field: "user ID")
    }

    package init(stored text: String) {
        self.text = text
    }

    /// The ID as the application gave it.
    public var description: String { text }

    /// Byte for byte, as Redis compares keys. Swift's strings are equal also when only their looks are.
    public static func == (left: UserID, right: UserID) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }
}

/// The application's own name for an organization: 1 to 256 bytes of UTF-8 without control characters.
public struct OrganizationID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Takes the text as it is, byte for byte.
    /// - Throws: `invalidInput` when `text` is empty, too long or holds a control character.
    public init(_ text: String) throws(SessionRepositoryError) {
        self.text = try InputLimits.identifier(text, field: "organization ID")
    }

    package init(stored text: String) {
        self.text = text
    }

    /// The ID as the application gave it.
    public var description: String { text }

    /// Byte for byte, as Redis compares keys. Swift's strings are equal also when only their looks are.
    public static func == (left: OrganizationID, right: OrganizationID) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }
}
