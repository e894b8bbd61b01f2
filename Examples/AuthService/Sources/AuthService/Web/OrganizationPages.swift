import Foundation
import HTTPTypes
import Hummingbird
import SessionRepository

/// Where an organization's administrator lets support in and throws it out.
struct OrganizationPages: Sendable {
    let web: Web

    private struct View {
        let organization: String
        let grants: [Grant]
        let hasGrants: Bool
        let choices: [Choice]
        let admins: [Admin]
        let members: [String]
        let error: String?
    }

    private struct Grant {
        let id: String
        let who: String
        let until: Moment
        let reason: String?
        let grantedBy: String
    }

    private struct Choice {
        let minutes: Int
        let name: String
        let until: String
        let isChosen: Bool
    }

    private struct Admin {
        let id: String
        let name: String
    }

    private struct Form: ProtectedForm {
        let csrf: String?
        let minutes: Int
        let admin: String?
        let reason: String?
    }

    private static let choices = [(60, "1 hour"), (240, "4 hours"), (1440, "1 day"), (10_080, "7 days")]

    func add(to routes: some RouterMethods<SignedInContext>) {
        routes.get("organization") { request, context in
            try await page(context, notice: request.notice)
        }
        routes.post("organization/support-access") { request, context in
            let form = try await web.form(Form.self, request, context)
            let (organization, account) = try administrator(context)
            guard Self.choices.contains(where: { $0.0 == form.minutes }) else {
                return try await page(context, error: "Choose until when.", status: .badRequest)
            }
            do {
                _ = try await web.support.allow(
                    organization, by: account, expiry: .after(.seconds(60 * form.minutes)), to: form.admin,
                    reason: form.reason)
            } catch let problem as Problem where problem.status == .badRequest {
                return try await page(context, error: problem.message, status: .badRequest)
            }
            return Pages.redirect(to: "/organization", .allowed)
        }
        routes.post("organization/support-access/:grant/revoke") { request, context in
            _ = try await web.form(BareForm.self, request, context)
            let (organization, account) = try administrator(context)
            do {
                try await web.support.revoke(try context.parameters.grantID(), of: organization, by: account)
                return Pages.redirect(to: "/organization", .revoked)
            } catch let problem as Problem where problem == .notFound {
                return Pages.redirect(to: "/organization", .alreadyOver)
            }
        }
    }

    private func administrator(_ context: SignedInContext) throws -> (Organization, Account) {
        let own = try web.directory.account(of: context.session).organization
        let organization = try web.directory.organization(own.description)
        return (organization, try web.support.administrator(of: organization, in: context.session))
    }

    private func page(
        _ context: SignedInContext, notice: Notice? = nil, error: String? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let (organization, _) = try administrator(context)
        let now = Date()
        let grants = try await web.sessions.listSupportAccessGrants(organization.id).map { grant in
            Grant(
                id: grant.id.description, who: grant.grantedTo.map(name) ?? "Anyone in support",
                until: Moment(grant.expiresAt, now: now), reason: grant.reason,
                grantedBy: (try? UserID(grant.grantedBy)).map(name) ?? grant.grantedBy)
        }
        let choices = Self.choices.map { minutes, name in
            let until = Moment(now.addingTimeInterval(Double(minutes) * 60), now: now)
            return Choice(minutes: minutes, name: name, until: "until \(until.exact)", isChosen: minutes == 60)
        }
        let view = View(
            organization: organization.name, grants: grants, hasGrants: !grants.isEmpty, choices: choices,
            admins: web.directory.globalAdmins.map { Admin(id: $0.id.description, name: $0.name) },
            members: web.directory.members(of: organization.id).map(\.name), error: error)
        return try web.pages.page(
            "organization", title: organization.name, content: view, for: context.session, at: "/organization",
            notice: notice, status: status)
    }

    @Sendable private func name(_ user: UserID) -> String {
        web.directory.account(user)?.name ?? user.description
    }
}
