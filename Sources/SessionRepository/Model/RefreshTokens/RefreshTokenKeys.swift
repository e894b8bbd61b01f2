import Crypto
import Foundation

/// The keys that sign and verify refresh tokens. They live in the application's configuration, never in Redis.
///
/// A token is good in the deployment that it was signed for: under this key prefix and, where the configuration has one, this
/// deployment's name. Elsewhere it is forged, also with the same keys.
///
/// To change the key, let every process verify with the new one first, then let it sign, and remove the old one when its
/// last token has expired.
public struct RefreshTokenKeys: Sendable {
    let signing: RefreshTokenKey
    let verifying: [String: RefreshTokenKey]

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
}

extension RefreshTokenKeys: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The IDs of the keys, without the keys.
    public var description: String { "signing \(signing.id), verifying \(verifying.keys.sorted())" }
    /// The IDs of the keys, without the keys.
    public var debugDescription: String { description }
    /// Empty.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
