import Foundation
import HTTPTypes
import Hummingbird
import SessionRepository

/// Support access: an organization's settings, and support sessions under them.
struct SupportRoutes: Sendable {
    let directory: Directory
    let support: SupportAccess
    let sessions: any SessionRepository
    let tokens: AccessTokens

    struct Allowance: Decodable {
        let until: Date
        let grantedTo: String?
        let reason: String?
    }

    struct Opening: Decodable {
        let organization: String
    }

    func add(to routes: some RouterMethods<SignedInContext>) {
        let organization = routes.group("organizations/:organization")
        organization.get { _, context in
            let asked = try Self.organization(context, in: directory)
            guard try support.visibleOrganization(in: context.session).id == asked.id else { throw Problem.notFound }
            return OrganizationAnswer(
                id: asked.id.description, name: asked.name, members: directory.members(of: asked.id).map(\.name))
        }
        addSettings(to: organization.group("support-access"))
        routes.post("support-sessions") { request, context in
            let admin = try support.globalAdmin(in: context.session)
            let wanted = try directory.organization(try await request.json(Opening.self, context).organization)
            let session = try await support.open(wanted, as: admin, from: context.session)
            let answer = TokenAnswer(
                accessToken: try await tokens.issue(session), expiresIn: tokens.lifetime.components.seconds,
                sessionID: session.id.description)
            return EditedResponse(status: .created, headers: [.cacheControl: "no-store"], response: answer)
        }
    }

    private func addSettings(to settings: RouterGroup<SignedInContext>) {
        settings.get { _, context in
            let organization = try Self.organization(context, in: directory)
            _ = try support.administrator(of: organization, in: context.session)
            let grants = try await sessions.listSupportAccessGrants(organization.id)
            return GrantsAnswer(grants: grants.map(GrantAnswer.init))
        }
        settings.post { request, context in
            let grant = try await save(nil, request, context)
            return EditedResponse(status: .created, response: GrantAnswer(grant))
        }
        settings.put(":grant") { request, context in
            GrantAnswer(try await save(try context.parameters.grantID(), request, context))
        }
        settings.delete(":grant") { _, context in
            let organization = try Self.organization(context, in: directory)
            let account = try support.administrator(of: organization, in: context.session)
            try await support.revoke(try context.parameters.grantID(), of: organization, by: account)
            return HTTPResponse.Status.noContent
        }
    }

    private func save(
        _ id: SupportAccessGrantID?, _ request: Request, _ context: SignedInContext
    ) async throws -> SupportAccessGrant {
        let organization = try Self.organization(context, in: directory)
        let account = try support.administrator(of: organization, in: context.session)
        let allowance = try await request.json(Allowance.self, context)
        return try await support.allow(
            organization, as: id, by: account, expiry: .at(allowance.until), to: allowance.grantedTo,
            reason: allowance.reason)
    }

    private static func organization(_ context: SignedInContext, in directory: Directory) throws -> Organization {
        try directory.organization(try context.parameters.require("organization"))
    }
}
