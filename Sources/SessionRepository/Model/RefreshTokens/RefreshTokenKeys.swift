import Crypto
import Foundation

/// The keys that sign and verify refresh tokens. They live in the application's configuration, never in Redis.
///
/// To change the key, let every process verify with the new one first, then let it sign, and remove the old one when its
/// last token has expired.
public struct RefreshTokenKeys: Sendable {
    private let signing: RefreshTokenKey
    private let verifying: [String: RefreshTokenKey]

    /// `signing` signs new tokens; it and all `others` verify those that come back.
    /// - Throws: `invalidConfiguration` when two keys have one ID.
    public init(signing: RefreshTokenKey, verifying others: [RefreshTokenKey] = []) throws(SessionRepositoryError) {
        var verifying = [signing.id: signing]
        for key in others where verifying.updateValue(key, forKey: key.id) != nil {
            throw .invalidConfiguration(setting: "refresh-token keys", problem: "two keys have the ID \(key.id)")
        }
        self.signing = signing
        self.verifying = verifying
    }

    /// Reads `k2:<base64url>,k1:<base64url>`: the first signs, all verify.
    /// - Throws: `invalidConfiguration`; its text holds no key.
    public init(_ text: String) throws(SessionRepositoryError) {
        var keys: [RefreshTokenKey] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, let bytes = Base64URL.decode(String(halves[1])) else {
                throw .invalidConfiguration(
                    setting: "refresh-token keys", problem: "the form is k2:<base64url>,k1:<base64url>")
            }
            keys.append(try RefreshTokenKey(id: String(halves[0]), bytes: bytes))
        }
        guard let first = keys.first else {
            throw .invalidConfiguration(setting: "refresh-token keys", problem: "there is none")
        }
        try self.init(signing: first, verifying: Array(keys.dropFirst()))
    }

    /// The session that a token continues, without asking Redis and without spending the token: whom a request to sign out
    /// is about, say. Says nothing about whether the session is still active or the token already spent.
    /// - Returns: `nil` for anything that one of these keys has not signed.
    public func sessionID(of token: RefreshToken) -> SessionID? {
        verify(token)?.sessionID
    }

    /// `srt1_<key ID>.<session ID>.<generation, base 36>.<HMAC-SHA-256 of all before, base64url>`
    package func issue(_ claims: RefreshTokenClaims) -> RefreshToken {
        let generation = String(claims.generation, radix: 36)
        let signed = "\(Self.version)\(signing.id).\(claims.sessionID).\(generation)"
        return RefreshToken("\(signed).\(Base64URL.encode(signing.authenticationCode(for: signed)))")
    }

    /// `nil` for anything that one of these keys has not signed. The comparison takes the same time wherever it fails.
    package func verify(_ token: RefreshToken) -> RefreshTokenClaims? {
        guard token.text.utf8.count <= RefreshToken.maximumBytes, token.text.hasPrefix(Self.version) else { return nil }
        let parts = token.text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 5, let code = Base64URL.decode(String(parts[4])) else { return nil }
        guard let key = verifying[String(parts[0].dropFirst(Self.version.count))] else { return nil }
        let signed = token.text.dropLast(parts[4].count + 1)
        guard key.isValid(code, for: String(signed)) else { return nil }
        guard let id = TaggedIdentifier("\(parts[1]).\(parts[2])"),
            let generation = Int64(parts[3], radix: 36), RefreshTokenClaims.generations.contains(generation)
        else { return nil }
        return RefreshTokenClaims(sessionID: SessionID(id), generation: generation)
    }

    private static let version = "srt1_"
}

extension RefreshTokenKeys: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The IDs of the keys, without the keys.
    public var description: String { "signing \(signing.id), verifying \(verifying.keys.sorted())" }
    /// The IDs of the keys, without the keys.
    public var debugDescription: String { description }
    /// Empty.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
