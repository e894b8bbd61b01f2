/// Names one support-access grant. The same form as a session ID; the first part comes from the organization.
public struct SupportAccessGrantID: Hashable, Sendable {
    package let value: TaggedIdentifier

    package init(_ value: TaggedIdentifier) {
        self.value = value
    }

    /// A new ID for a grant of `organization`. Choose it before the first attempt to save the grant.
    public init(for organization: OrganizationID) {
        value = TaggedIdentifier(tag: HashTag(owner: organization.text), random: .generate())
    }

    /// Reads an ID as `description` writes it.
    /// - Throws: `invalidInput` for any other text; nothing is sent to Redis.
    public init(_ text: String) throws(SessionRepositoryError) {
        guard let value = TaggedIdentifier(text) else {
            throw .invalidInput(field: "grant ID", problem: "it must have the form xxxxxxxx.R, 31 characters")
        }
        self.value = value
    }
}

extension SupportAccessGrantID: CustomStringConvertible {
    /// The ID's text, `T.R`.
    public var description: String { value.text }
}
