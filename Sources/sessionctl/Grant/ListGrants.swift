import ArgumentParser
import SessionRepository

struct ListGrants: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List grants in force, of an organization or to a Global Admin, the first to expire first.")

    @Argument(help: "The organization's ID.")
    var organization: String?
    @Option(help: "The Global Admin whom they name.")
    var admin: String?
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    enum Request {
        case organization(OrganizationID)
        case admin(UserID)
    }

    func validate() throws {
        guard (organization == nil) != (admin == nil) else {
            throw ValidationError("Give either an organization or --admin.")
        }
    }

    func request() throws -> Request {
        if let admin { return .admin(try UserID(admin)) }
        return .organization(try OrganizationID(organization ?? ""))
    }

    func answer(_ request: Request, from repository: RedisSessionRepository) async throws -> Answer {
        let grants =
            switch request {
            case .organization(let organization): try await repository.listSupportAccessGrants(organization)
            case .admin(let admin): try await repository.listSupportAccessGrants(grantedTo: admin)
            }
        return Answer(document: Document(grants: grants.map(GrantDocument.init))) { $0.table(of: grants) }
    }

    private struct Document: Encodable {
        let grants: [GrantDocument]
    }
}
