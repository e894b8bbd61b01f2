import Crypto
import Foundation
import JWTKit
import SessionRepository

/// Access tokens: JWTs that say whose session it is. Short-lived, and never enough by themselves: `authorize` has the
/// last word.
struct AccessTokens: Sendable {
    private let keys = JWTKeyCollection()
    let lifetime: Duration

    init(key: SymmetricKey, lifetime: Duration) async {
        self.lifetime = lifetime
        await keys.add(hmac: HMACKey(key: key), digestAlgorithm: .sha256)
    }

    func issue(_ session: Session) async throws -> String {
        let now = Date()
        let expires = now.addingTimeInterval(Double(lifetime.components.seconds))
        return try await keys.sign(
            AccessTokenClaims(
                sub: .init(value: session.userID.description), sid: session.id.description,
                iat: .init(value: now), exp: .init(value: expires)))
    }

    /// The key collection has one key, and that is for HS256: whatever algorithm a token names, it is verified by that.
    func verify(_ token: String) async throws(Problem) -> (user: UserID, session: SessionID) {
        guard token.utf8.count <= 1024, let claims = try? await keys.verify(token, as: AccessTokenClaims.self),
            let user = try? UserID(claims.sub.value), let session = try? SessionID(claims.sid)
        else { throw .invalidToken }
        return (user, session)
    }
}

struct AccessTokenClaims: JWTPayload {
    let sub: SubjectClaim
    /// The session's ID.
    let sid: String
    let iat: IssuedAtClaim
    let exp: ExpirationClaim

    func verify(using algorithm: some JWTAlgorithm) async throws {
        try exp.verifyNotExpired()
    }
}
