import Hummingbird
import SessionRepository

/// Where a Global Admin sees and ends anybody's sessions.
struct UserPages: Sendable {
    let web: Web

    private struct ListView {
        let users: [Entry]
    }

    private struct Entry {
        let id: String
        let name: String
        let organization: String
    }

    private struct View {
        let name: String
        let path: String
        let caption: String
        let rows: [SessionRow]
        let hasSessions: Bool
    }

    func add(to routes: some RouterMethods<SignedInContext>) {
        routes.get("users") { _, context in
            _ = try web.support.globalAdmin(in: context.session)
            let entries = try web.directory.accounts.map { account in
                let organization = try web.directory.organization(account.organization.description)
                return Entry(id: account.id.description, name: account.name, organization: organization.name)
            }
            return try web.pages.page(
                "users", title: "Users", content: ListView(users: entries), for: context.session, at: "/users")
        }
        routes.get("users/:user") { request, context in
            let (_, user) = try people(context)
            let found = try await web.sessions.findActiveSessionsByUser(user.id)
            let view = View(
                name: user.name, path: "/users/\(user.id)", caption: "Sessions of \(user.name), latest activity first",
                rows: SessionRow.rows(found, current: context.session.id), hasSessions: !found.isEmpty)
            return try web.pages.page(
                "user", title: user.name, content: view, for: context.session, at: "/users", notice: request.notice)
        }
        routes.post("users/:user/:session/end") { request, context in
            _ = try await web.form(BareForm.self, request, context)
            let (admin, user) = try people(context)
            let outcome = try await web.sessions.terminateSession(
                try context.parameters.sessionID(), ownedBy: user.id, by: admin.id.description,
                reason: "endedByAdministrator")
            guard outcome != .unknown else { throw Problem.notFound }
            return Pages.redirect(to: "/users/\(user.id)", outcome == .terminated ? .sessionEnded : .alreadyOver)
        }
        routes.post("users/:user/end-all") { request, context in
            _ = try await web.form(BareForm.self, request, context)
            let (admin, user) = try people(context)
            _ = try await web.sessions.terminateAllSessionsByUser(
                user.id, by: admin.id.description, reason: "endedByAdministrator")
            return Pages.redirect(to: "/users/\(user.id)", .allEnded)
        }
    }

    /// Who looks, and at whom.
    private func people(_ context: SignedInContext) throws -> (admin: Account, user: Account) {
        let admin = try web.support.globalAdmin(in: context.session)
        guard let user = web.directory.account(try UserID(try context.parameters.require("user"))) else {
            throw Problem.notFound
        }
        return (admin, user)
    }
}
