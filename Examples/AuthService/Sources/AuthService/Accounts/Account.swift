public import SessionRepository

/// Somebody who can sign in. Where a real service has its user database, this example has a table.
public struct Account: Sendable {
    public let id: UserID
    public let name: String
    public let organization: OrganizationID
    public let role: Role
    let password: String

    public enum Role: String, Codable, Sendable {
        case member
        /// Grants and revokes support access to the own organization.
        case organizationAdmin
        /// Looks after everyone's sessions; sees an organization only under its grant.
        case globalAdmin
    }

    public init(
        id: String, name: String, organization: String, role: Role, password: String
    ) throws(SessionRepositoryError) {
        self.id = try UserID(id)
        self.name = name
        self.organization = try OrganizationID(organization)
        self.role = role
        self.password = password
    }
}

public struct Organization: Sendable {
    public let id: OrganizationID
    public let name: String

    public init(id: String, name: String) throws(SessionRepositoryError) {
        self.id = try OrganizationID(id)
        self.name = name
    }
}
