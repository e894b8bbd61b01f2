@testable import SessionRepository

/// Every operation of the repository, by the name it has there, and the variants that take another way.
enum LoadOperation: String, CaseIterable, Sendable {
    case beginLogin, createSession, findSession, authorize, touch, updateSession, elevateSession
    case findActiveSessionsByUser, terminateSession
    case terminateAllSessionsByUser, renewSession, shortenSession, terminateAllSessions
    case rotateRefreshToken, invalidateRefreshTokenChain, refreshTokenChainState
    case saveSupportAccessGrant, findSupportAccessGrant, listSupportAccessGrants, revokeSupportAccessGrant
    case extendSupportAccessGrant, revokeSupportAccessGrants
    case deleteExpiredSupportAccessGrants, findActiveSupportAccess, createSupportSession, authorizeSupportSession
    case events, currentTime, checkHealth

    /// Must work when nothing can be added any more.
    var takesAway: Bool {
        switch self {
        case .terminateSession, .terminateAllSessionsByUser, .shortenSession, .invalidateRefreshTokenChain,
            .revokeSupportAccessGrant:
            true
        default: false
        }
    }

    /// Walks the key space, or makes connections of its own: takes as long as a hundred others.
    var isDear: Bool {
        switch self {
        case .terminateAllSessions, .deleteExpiredSupportAccessGrants, .checkHealth, .events: true
        default: false
        }
    }

    /// At most so many exchanges with the store, each within the configured timeout. Those that walk the key space find
    /// no more than a few pages here.
    var exchanges: Int {
        switch self {
        case .authorize, .authorizeSupportSession, .events: 2
        case .createSession, .createSupportSession, .renewSession, .rotateRefreshToken: 6
        case .revokeSupportAccessGrant, .saveSupportAccessGrant, .extendSupportAccessGrant: 8
        case .checkHealth, .deleteExpiredSupportAccessGrants: 12
        // In a cluster it raises the epoch in 16,384 slots, 256 at a time.
        case .terminateAllSessions: 100
        default: 1
        }
    }

    func perform(in world: LoadWorld) async throws(SessionRepositoryError) {
        switch self {
        case .beginLogin: try await world.beginLogin()
        case .createSession: try await world.createSession()
        case .findSession: try await world.findSession()
        case .authorize: try await world.authorize()
        case .touch: try await world.touch()
        case .updateSession: try await world.updateSession()
        case .elevateSession: try await world.elevateSession()
        case .findActiveSessionsByUser: try await world.listSessions()
        case .terminateSession: try await world.terminateSession()
        case .terminateAllSessionsByUser: try await world.terminateAllSessionsByUser()
        case .renewSession: try await world.renewSession()
        case .shortenSession: try await world.shortenSession()
        case .terminateAllSessions: try await world.terminateAllSessions()
        case .rotateRefreshToken: try await world.rotate()
        case .invalidateRefreshTokenChain: try await world.invalidateChain()
        case .refreshTokenChainState: try await world.chainState()
        case .saveSupportAccessGrant: try await world.saveGrant()
        case .findSupportAccessGrant: try await world.findGrant()
        case .listSupportAccessGrants: try await world.listGrants()
        case .revokeSupportAccessGrant: try await world.revokeGrant()
        case .extendSupportAccessGrant: try await world.extendGrant()
        case .revokeSupportAccessGrants: try await world.revokeGrantsToNobody()
        case .deleteExpiredSupportAccessGrants: _ = try await world.repository.deleteExpiredSupportAccessGrants()
        case .findActiveSupportAccess: try await world.findActiveSupportAccess()
        case .createSupportSession: try await world.createSupportSession()
        case .authorizeSupportSession: try await world.authorizeSupportSession()
        case .events: _ = try await world.repository.events()
        case .currentTime: _ = try await world.repository.currentTime()
        case .checkHealth: _ = try await world.repository.checkHealth()
        }
    }
}
