import Foundation
import HTTPTypes
import Hummingbird
import SessionRepository

/// Where a Global Admin sees which organizations let support in, and looks at one.
struct SupportPages: Sendable {
    let web: Web

    private struct View {
        let organizations: [Entry]
    }

    private struct Entry {
        let id: String
        let name: String
        let until: Moment?
    }

    private struct SessionView {
        let organization: String
        let until: Moment
        let members: [String]
    }

    private struct Form: ProtectedForm {
        let csrf: String?
        let organization: String
    }

    func add(to routes: some RouterMethods<SignedInContext>) {
        routes.get("support") { request, context in
            let admin = try web.support.globalAdmin(in: context.session)
            let now = Date()
            var entries: [Entry] = []
            for organization in web.directory.organizations where organization.id != admin.organization {
                let grant = try await web.sessions.findActiveSupportAccess(
                    organization: organization.id, admin: admin.id)
                entries.append(
                    Entry(
                        id: organization.id.description, name: organization.name,
                        until: grant.map { Moment($0.expiresAt, now: now) }))
            }
            return try web.pages.page(
                "support", title: "Support", content: View(organizations: entries), for: context.session,
                at: "/support", notice: request.notice)
        }
        routes.post("support/open") { request, context in
            let form = try await web.form(Form.self, request, context)
            let admin = try web.support.globalAdmin(in: context.session)
            let organization = try web.directory.organization(form.organization)
            do {
                let session = try await web.support.open(organization, as: admin, from: context.session)
                var response = Pages.redirect(to: "/support/\(organization.id)")
                try await remember(session, in: &response)
                return response
            } catch let problem as Problem where problem.status == .forbidden {
                return Pages.redirect(to: "/support", .supportEnded)
            }
        }
        routes.get("support/:organization") { request, context in
            try await look(request, context)
        }
        routes.post("support/leave") { request, context in
            _ = try await web.form(BareForm.self, request, context)
            if let session = try await supportSession(of: request, context) { try await web.signIn.signOut(session) }
            var response = Pages.redirect(to: "/support", .left)
            web.cookies.clear([.support], in: &response)
            return response
        }
    }

    private func look(_ request: Request, _ context: SignedInContext) async throws -> Response {
        let asked = try web.directory.organization(try context.parameters.require("organization"))
        guard let session = try await supportSession(of: request, context),
            try web.support.visibleOrganization(in: session).id == asked.id
        else {
            var response = Pages.redirect(to: "/support", .supportEnded)
            web.cookies.clear([.support], in: &response)
            return response
        }
        let view = SessionView(
            organization: asked.name, until: Moment(session.expiresAt, now: Date()),
            members: web.directory.members(of: asked.id).map(\.name))
        var response = try web.pages.page(
            "support-session", title: asked.name, content: view, for: context.session, at: "/support")
        try await remember(session, in: &response)
        return response
    }

    /// The support session of this browser while its organization allows it; `nil` once that has ended.
    private func supportSession(of request: Request, _ context: SignedInContext) async throws -> Session? {
        guard let token = web.cookies.value(.support, of: request) else { return nil }
        do {
            let session = try await web.gate.session(named: token, from: context.clientAddress)
            return session.userID == context.session.userID && session.grantID != nil ? session : nil
        } catch let problem as Problem where problem.status == .unauthorized {
            return nil
        }
    }

    /// Anew with each page, so that it goes on while somebody looks.
    private func remember(_ session: Session, in response: inout Response) async throws {
        let token = try await web.gate.tokens.issue(session)
        web.cookies.set(.support, to: token, for: web.gate.tokens.lifetime, in: &response)
    }
}
