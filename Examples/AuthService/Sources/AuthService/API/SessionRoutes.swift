import HTTPTypes
import Hummingbird
import SessionRepository

/// The user's own sessions.
struct SessionRoutes: Sendable {
    let directory: Directory
    let sessions: any SessionRepository

    func add(to routes: some RouterMethods<SignedInContext>) {
        routes.get("me") { _, context in
            let account = try directory.account(of: context.session)
            return MeAnswer(
                user: account.id.description, name: account.name, organization: account.organization.description,
                role: account.role, session: SessionAnswer(context.session, current: context.session.id))
        }
        routes.get("sessions") { _, context in
            let found = try await sessions.findActiveSessionsByUser(try owner(context).id)
            return SessionsAnswer(found, current: context.session.id)
        }
        // Somebody else's session is answered like one that never was, and goes on.
        routes.delete("sessions/:session") { _, context in
            let owner = try owner(context)
            let outcome = try await sessions.terminateSession(
                try context.parameters.sessionID(), ownedBy: owner.id, by: owner.id.description, reason: "endedByUser")
            guard outcome != .unknown else { throw Problem.notFound }
            return HTTPResponse.Status.noContent
        }
        routes.post("sessions/terminate-others") { _, context in
            let owner = try owner(context)
            let count = try await sessions.terminateAllSessionsByUser(
                owner.id, except: context.session.id, by: owner.id.description, reason: "endedByUser")
            return TerminatedAnswer(terminated: count)
        }
    }

    /// A support session looks at an organization; it does not look after its user's sessions.
    private func owner(_ context: SignedInContext) throws(Problem) -> Account {
        guard context.session.grantID == nil else { throw .forbidden }
        return try directory.account(of: context.session)
    }
}
