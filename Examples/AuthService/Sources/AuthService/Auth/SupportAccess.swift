import Foundation
import HTTPTypes
import SessionRepository

/// Support access: what an organization allows, and what its Global Admins do with it.
struct SupportAccess: Sendable {
    let directory: Directory
    let sessions: any SessionRepository

    /// The attribute of a support session that says which organization it sees.
    static let organizationAttribute = "organization"

    // MARK: The organization

    /// Only the organization's own administrator, and never from a support session.
    func administrator(of organization: Organization, in session: Session) throws(Problem) -> Account {
        let account = try directory.account(of: session)
        guard session.grantID == nil else { throw .forbidden }
        // Whether another organization exists is none of their business.
        guard account.organization == organization.id else { throw .notFound }
        guard account.role == .organizationAdmin else { throw .forbidden }
        return account
    }

    func allow(
        _ organization: Organization, as id: SupportAccessGrantID? = nil, by account: Account,
        expiry: NewSupportAccessGrant.Expiry, to admin: String?, reason: String?
    ) async throws -> SupportAccessGrant {
        // Of a grant in force, whom it names stays.
        var grantedTo: NewSupportAccessGrant.Recipient? = id == nil ? .anyAdministrator : nil
        if let admin, !admin.isEmpty {
            guard let found = directory.globalAdmins.first(where: { $0.id.description == admin }) else {
                throw Problem.invalidInput("There is no such support engineer.")
            }
            grantedTo = .administrator(found.id)
        }
        return try await sessions.saveSupportAccessGrant(
            NewSupportAccessGrant(
                organizationID: organization.id, grantedBy: account.id.description, expiry: expiry, id: id,
                grantedTo: grantedTo, reason: reason))
    }

    /// Ends the grant and every session under it, unless it is another organization's.
    func revoke(_ id: SupportAccessGrantID, of organization: Organization, by account: Account) async throws {
        guard let grant = try await sessions.findSupportAccessGrant(id), grant.organizationID == organization.id else {
            throw Problem.notFound
        }
        _ = try await sessions.revokeSupportAccessGrant(id, by: account.id.description)
    }

    // MARK: Global Admins

    func globalAdmin(in session: Session) throws(Problem) -> Account {
        let account = try directory.account(of: session)
        guard account.role == .globalAdmin, session.grantID == nil else { throw .forbidden }
        return account
    }

    /// A session of the Global Admin that sees the organization and lives no longer than its grant.
    func open(_ organization: Organization, as admin: Account, from session: Session) async throws -> Session {
        let grant = try await sessions.findActiveSupportAccess(organization: organization.id, admin: admin.id)
        guard let grant else {
            throw Problem(
                status: .forbidden, code: "supportAccessNotGranted",
                message: "\(organization.name) has not allowed support access.")
        }
        let created = try await sessions.createSession(
            NewSession(
                userID: admin.id, ticket: .none, deviceName: session.deviceName, ipAddress: session.ipAddress,
                userAgent: session.userAgent, grantID: grant.id,
                attributes: [Self.organizationAttribute: organization.id.description]))
        return created.session
    }

    /// The organization that this session may look at: its user's own, or the one that let support in.
    func visibleOrganization(in session: Session) throws(Problem) -> Organization {
        if session.grantID != nil {
            return try directory.organization(session.attributes[Self.organizationAttribute] ?? "")
        }
        return try directory.organization(try directory.account(of: session).organization.description)
    }
}
