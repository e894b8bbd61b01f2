/// The keys of one deployment: what they sign is good there and forged everywhere else, also where the same keys are used.
///
/// A deployment is a key prefix and, optionally, a name. The server's address and the number of its database are not part of
/// it: data may move to another server, or to a cluster, which has only database 0, and nobody is logged out.
package struct BoundRefreshTokenKeys: Sendable {
    private let keys: RefreshTokenKeys
    /// Neither part holds a line break, so that what is signed can be read in one way only.
    private let context: String

    package init(_ keys: RefreshTokenKeys, keyPrefix: String, deployment: String?) {
        self.keys = keys
        context = "\(keyPrefix)\n\(deployment ?? "")\n"
    }

    /// `srt1_<key ID>.<session ID>.<generation, base 36>.<HMAC-SHA-256 of the deployment and all before, base64url>`
    package func issue(_ claims: RefreshTokenClaims) -> RefreshToken {
        let key = keys.signing
        let generation = String(claims.generation, radix: 36)
        let signed = "\(Self.version)\(key.id).\(claims.sessionID).\(generation)"
        return RefreshToken("\(signed).\(Base64URL.encode(key.authenticationCode(for: context + signed)))")
    }

    /// `nil` for anything that one of these keys has not signed for this deployment. The comparison takes the same time
    /// wherever it fails.
    package func verify(_ token: RefreshToken) -> RefreshTokenClaims? {
        guard token.text.utf8.count <= RefreshToken.maximumBytes, token.text.hasPrefix(Self.version) else { return nil }
        let parts = token.text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 5, let code = Base64URL.decode(String(parts[4])) else { return nil }
        guard let key = keys.verifying[String(parts[0].dropFirst(Self.version.count))] else { return nil }
        let signed = token.text.dropLast(parts[4].count + 1)
        guard key.isValid(code, for: context + signed) else { return nil }
        guard let id = TaggedIdentifier("\(parts[1]).\(parts[2])"),
            let generation = Int64(parts[3], radix: 36), RefreshTokenClaims.generations.contains(generation)
        else { return nil }
        return RefreshTokenClaims(sessionID: SessionID(id), generation: generation)
    }

    private static let version = "srt1_"
}
