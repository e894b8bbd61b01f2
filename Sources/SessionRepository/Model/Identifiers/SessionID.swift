/// Names one session: a handle for lists, logs and administration, not a credential.
///
/// Its text is `T.R`: eight hexadecimal digits that its user's sessions share, a dot and 128 random bits in base64url,
/// 31 characters in all. It holds no personal data.
public struct SessionID: Hashable, Sendable {
    package let value: TaggedIdentifier

    package init(_ value: TaggedIdentifier) {
        self.value = value
    }

    /// A new ID for a session of `user`. Choose it before the first attempt to create the session, so that a repeated
    /// attempt is recognized.
    public init(for user: UserID) {
        value = TaggedIdentifier(tag: HashTag(owner: user.text), random: .generate())
    }

    /// A new ID for the same user's next session, without knowing the user.
    public init(renewing id: SessionID) {
        value = TaggedIdentifier(tag: id.value.tag, random: .generate())
    }

    /// Reads an ID as `description` writes it.
    /// - Throws: `invalidInput` for any other text; nothing is sent to Redis.
    public init(_ text: String) throws(SessionRepositoryError) {
        guard let value = TaggedIdentifier(text) else {
            throw .invalidInput(field: "session ID", problem: "it must have the form xxxxxxxx.R, 31 characters")
        }
        self.value = value
    }

    /// Whether this can be the ID of a session of `user`. A cheap first test, no proof of ownership.
    package func mayBelong(to user: UserID) -> Bool {
        value.tag == HashTag(owner: user.text)
    }
}

extension SessionID: CustomStringConvertible {
    /// The ID's text, `T.R`.
    public var description: String { value.text }
}
