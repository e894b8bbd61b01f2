import Foundation
import HTTPTypes
import Hummingbird
import SessionRepository

/// Anybody's sessions, for Global Admins.
struct AdminRoutes: Sendable {
    let support: SupportAccess
    let sessions: any SessionRepository

    func add(to routes: some RouterMethods<SignedInContext>) {
        let user = routes.group("admin/users/:user/sessions")
        user.get { _, context in
            _ = try support.globalAdmin(in: context.session)
            let found = try await sessions.findActiveSessionsByUser(try Self.user(context))
            return SessionsAnswer(found, current: context.session.id)
        }
        user.delete(":session") { _, context in
            let admin = try support.globalAdmin(in: context.session)
            let outcome = try await sessions.terminateSession(
                try context.parameters.sessionID(), ownedBy: try Self.user(context), by: admin.id.description,
                reason: "endedByAdministrator")
            guard outcome != .unknown else { throw Problem.notFound }
            return HTTPResponse.Status.noContent
        }
        user.post("terminate-all") { _, context in
            let admin = try support.globalAdmin(in: context.session)
            let count = try await sessions.terminateAllSessionsByUser(
                try Self.user(context), by: admin.id.description, reason: "endedByAdministrator")
            return TerminatedAnswer(terminated: count)
        }
    }

    /// Any user: sessions may outlive the account.
    private static func user(_ context: SignedInContext) throws -> UserID {
        let text = try context.parameters.require("user")
        return try UserID(text.removingPercentEncoding ?? text)
    }
}
