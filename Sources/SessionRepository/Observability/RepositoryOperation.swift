/// The operations, as metrics and spans name them: like the methods.
package enum RepositoryOperation: String, CaseIterable, Sendable {
    case beginLogin
    case createSession
    case findSession
    case authorize
    case touch
    case updateSession
    case elevateSession
    case findActiveSessionsByUser
    case terminateSession
    case terminateAllSessionsByUser
    case renewSession
    case shortenSession
    case terminateAllSessions
    case rotateRefreshToken
    case invalidateRefreshTokenChain
    case refreshTokenChainState
    case saveSupportAccessGrant
    case extendSupportAccessGrant
    case findSupportAccessGrant
    case listSupportAccessGrants
    case revokeSupportAccessGrant
    case revokeSupportAccessGrants
    case deleteExpiredSupportAccessGrants
    case events
    case currentTime
    case checkHealth

    /// The Redis command that does it. Some need others besides, as under a support-access grant.
    package var command: String {
        switch self {
        case .authorize: "HMGET"
        case .findSession, .findSupportAccessGrant: "HGETALL"
        case .refreshTokenChainState: "GET"
        case .terminateAllSessions: "SCAN"
        case .events: "SUBSCRIBE"
        case .currentTime: "TIME"
        case .checkHealth: "INFO"
        default: "EVALSHA"
        }
    }

    /// Where the command runs a script, its name in `Scripts`.
    package var script: String? {
        switch self {
        case .beginLogin: "begin_login"
        case .createSession: "create_session"
        case .touch: "touch_session"
        case .updateSession: "update_session"
        case .elevateSession: "elevate_session"
        case .findActiveSessionsByUser: "find_active_sessions"
        case .terminateSession: "terminate_session"
        case .terminateAllSessionsByUser: "terminate_all_sessions"
        case .renewSession: "renew_session"
        case .shortenSession: "shorten_session"
        case .rotateRefreshToken: "rotate_refresh_token"
        case .invalidateRefreshTokenChain: "invalidate_chain"
        case .saveSupportAccessGrant, .extendSupportAccessGrant: "save_grant"
        case .listSupportAccessGrants: "list_grants"
        case .revokeSupportAccessGrant, .revokeSupportAccessGrants: "revoke_grant"
        case .deleteExpiredSupportAccessGrants: "delete_expired_grants"
        case .authorize, .findSession, .findSupportAccessGrant, .refreshTokenChainState, .terminateAllSessions, .events,
            .currentTime, .checkHealth:
            nil
        }
    }
}
