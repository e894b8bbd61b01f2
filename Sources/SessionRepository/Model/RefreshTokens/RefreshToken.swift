/// A refresh token: whoever holds it can continue the session. Redis holds neither it nor a digest of it.
///
/// Printing one, in a log or a debugger, shows no part that is secret (OWASP ASVS 5.0 §16.2.5); only `text` does.
public struct RefreshToken: Sendable {
    /// The credential itself, for the client it was issued to and for nothing else: printable ASCII without spaces, at
    /// most 256 bytes.
    public let text: String

    /// Takes what a client presents. Nothing is checked before it is used.
    public init(_ text: String) {
        self.text = text
    }

    /// Longer ones are not looked at.
    static let maximumBytes = 256
}

extension RefreshToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A mask.
    public var description: String { "srt1_•••" }
    /// A mask.
    public var debugDescription: String { description }
    /// Empty.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a genuine token says: which session it continues, and which place it has in its chain.
package struct RefreshTokenClaims: Hashable, Sendable {
    package let sessionID: SessionID
    /// 0 for the first token of a login.
    package let generation: Int64

    package init(sessionID: SessionID, generation: Int64) {
        self.sessionID = sessionID
        self.generation = generation
    }

    /// Lua counts exactly up to 2^53.
    static let generations: ClosedRange<Int64> = 0...(1 << 50)
}
