import Foundation
import Hummingbird
import SessionRepository

/// What somebody gets who has proved who they are.
struct Credentials: Sendable {
    let session: Session
    let accessToken: String
    let refreshToken: RefreshToken
}

/// Signs in, continues and signs out.
struct SignIn: Sendable {
    let directory: Directory
    let sessions: any SessionRepository
    let tokens: AccessTokens

    /// The account that has authenticated, and the ticket of its login.
    struct Proof {
        let account: Account
        let ticket: LoginTicket
    }

    func check(user: String, password: String) async throws -> Proof {
        // Before the password is checked: a login that "end all sessions" overtakes must not create one after it.
        guard let id = try? UserID(user) else { throw Problem.wrongPassword }
        let ticket = try await sessions.beginLogin(id)
        guard let account = directory.account(user: user, password: password) else { throw Problem.wrongPassword }
        return Proof(account: account, ticket: ticket)
    }

    func begin(_ proof: Proof, device: String?, userAgent: String?, address: String?) async throws -> Credentials {
        let created = try await sessions.createSession(
            NewSession(
                userID: proof.account.id, ticket: proof.ticket,
                deviceName: device ?? DeviceName(userAgent: userAgent).text, ipAddress: address, userAgent: userAgent))
        return try await credentials(created.session, created.refreshToken)
    }

    /// Signing in where somebody is signed in: the same user goes on under a new ID, anybody else's session ends. `nil`
    /// when there is nothing to go on with.
    func renew(_ old: Session, _ proof: Proof) async throws -> Credentials? {
        guard old.userID == proof.account.id, old.grantID == nil else {
            try await signOut(old)
            return nil
        }
        guard case .renewed(let created) = try await sessions.renewSession(old.id, ticket: proof.ticket) else {
            return nil
        }
        return try await credentials(created.session, created.refreshToken)
    }

    /// Spends the refresh token. A second tab, or a retry after a lost reply, gets the same successor.
    func refresh(_ text: String?) async throws -> Credentials {
        guard let text else { throw Problem.notSignedIn }
        switch try await sessions.rotateRefreshToken(RefreshToken(text)) {
        case .rotated(let successor, let id, _), .repeated(let successor, let id, _):
            guard case .active(let session) = try await sessions.authorize(id) else {
                throw Problem.sessionEnded(reason: "ended")
            }
            return try await credentials(session, successor)
        case .reuse: throw Problem.sessionEnded(reason: Termination.refreshTokenReuseReason)
        case .invalidated: throw Problem.sessionEnded(reason: "ended")
        case .unknown: throw Problem.sessionEnded(reason: nil)
        case .forged: throw Problem.invalidRefreshToken
        }
    }

    func signOut(_ session: Session) async throws {
        _ = try await sessions.terminateSession(
            session.id, ownedBy: session.userID, by: session.userID.description, reason: "signedOut")
    }

    private func credentials(_ session: Session, _ refreshToken: RefreshToken?) async throws -> Credentials {
        guard let refreshToken else { throw Problem.defect }
        return Credentials(
            session: session, accessToken: try await tokens.issue(session), refreshToken: refreshToken)
    }
}
