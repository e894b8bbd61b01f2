import Foundation
import SessionRepository

enum GettingStartedArticle {
    static func connect(to url: String) throws -> RedisSessionRepository {
        let sessions = try RedisSessionRepository(configuration: .init(server: RedisServer(url: url)))
        return sessions
    }
}

struct SessionGate {
    let sessions: any SessionRepository

    /// Logs a user in whose password `isRight`.
    func logIn(_ user: UserID, device: String?, isRight: () async throws -> Bool) async throws -> CreatedSession? {
        // Before the password is checked, so that an end of all sessions in between ends this login too.
        let ticket = try await sessions.beginLogin(user)
        guard try await isRight() else { return nil }
        return try await sessions.createSession(NewSession(userID: user, ticket: ticket, deviceName: device))
    }

    /// At each request: whose it is, or `nil` for "log in again".
    func admit(_ id: SessionID, from address: String?) async throws -> UserID? {
        switch try await sessions.authorize(id) {
        case .active(let session):
            _ = try await sessions.touch(id, ipAddress: address)
            return session.userID
        case .terminated, .unknown, .supportAccessEnded:
            return nil
        }
    }

    /// "Sign out all my other devices." Says how many those were.
    func signOutOthers(of session: Session) async throws -> Int {
        try await sessions.terminateAllSessionsByUser(session.userID, except: session.id)
    }
}
