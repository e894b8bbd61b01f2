import Foundation

/// The epochs under which a login began. Take a ticket before the user authenticates; pass it when the session is created or
/// renewed.
///
/// The epoch of the user changes when all sessions of the user end, the epoch of everyone when everyone's sessions end. A
/// login that began before such an end finds another epoch and is refused: `loginSuperseded`. Only equality counts, so that
/// no clock decides. A ticket is valid for 24 hours.
///
/// A ticket has a text form, because a login may span redirects. The text is no credential: the user still has to
/// authenticate, and nobody can guess the nonce of a later epoch. Keep it with the other state of the login.
public struct LoginTicket: Hashable, Sendable {
    package let content: Content?

    package struct Content: Hashable, Sendable {
        /// Whose login.
        package let tag: HashTag
        /// When it began, by Redis' clock, in Unix milliseconds.
        package let begun: Int64
        /// The two epochs; empty for one that was never raised.
        package let user: String
        package let everyone: String
    }

    /// No ticket: for a session without a login, such as one that another system has just authenticated. The session is
    /// created even if all sessions of the user ended a moment ago.
    public static let none = LoginTicket(content: nil)

    package init(user: UserID, begun: Int64, userEpoch: String, everyoneEpoch: String) {
        content = Content(tag: HashTag(owner: user.text), begun: begun, user: userEpoch, everyone: everyoneEpoch)
    }

    private init(content: Content?) {
        self.content = content
    }

    /// Reads a ticket as `description` writes it. No text reads as `none`.
    /// - Throws: `invalidInput` for any other text; nothing is sent to Redis.
    public init(_ text: String) throws(SessionRepositoryError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.longestText, parts.count == 4, let tag = HashTag(hexadecimal: parts[0]),
            let begun = Int64(parts[1]), Date.recordable.contains(begun), String(begun) == parts[1],
            parts[2...].allSatisfy(Self.isEpoch)
        else {
            throw .invalidInput(field: "login ticket", problem: "it is not what `beginLogin` returned")
        }
        content = Content(tag: tag, begun: begun, user: String(parts[2]), everyone: String(parts[3]))
    }

    private static let longestText = 100

    private static func isEpoch(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    /// The arguments of a script: when the login began, and the two epochs.
    package var arguments: [String] {
        guard let content else { return ["", "", ""] }
        return [String(content.begun), content.user, content.everyone]
    }

    /// - Throws: `invalidInput` for the ticket of another user's login.
    package func validate(for tag: HashTag) throws(SessionRepositoryError) {
        guard content == nil || content?.tag == tag else {
            throw .invalidInput(field: "login ticket", problem: "it is of another user's login")
        }
    }
}

extension LoginTicket: CustomStringConvertible {
    /// The ticket's text, at most 100 characters of `A-Z a-z 0-9 . - _`. That of `none` says `none` and is not read back.
    public var description: String {
        guard let content else { return "none" }
        return "\(content.tag.text).\(content.begun).\(content.user).\(content.everyone)"
    }
}

/// The operation that ended sessions all at once after a login had begun.
public enum LoginFence: String, Hashable, Sendable {
    /// All sessions of the user were ended.
    case bulkTermination
    /// Everyone's sessions were ended.
    case everyoneOut
}
