import SessionRepository

enum RefreshTokensArticle {
    static func withTokens(_ url: String, keys: String) throws -> RedisSessionRepositoryConfiguration {
        var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(url: url))
        // The first signs, all verify.
        configuration.refreshTokenKeys = try RefreshTokenKeys(keys)
        configuration.policy.reuse = .afterSuccessorWasUsed
        return configuration
    }

    typealias Refreshed = (token: RefreshToken, session: SessionID)

    /// What to hand out, or `nil` for "log in again".
    static func refresh(_ presented: String, in sessions: any SessionRepository) async throws -> Refreshed? {
        switch try await sessions.rotateRefreshToken(RefreshToken(presented)) {
        case .rotated(let token, let session, _), .repeated(let token, let session, _):
            return (token, session)
        case .reuse(let session):
            print("a spent refresh token of \(session) came back: somebody else has it too")
            return nil
        case .invalidated, .unknown, .forged:
            return nil
        }
    }
}
