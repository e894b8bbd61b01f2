import ArgumentParser
import SessionRepository

struct ListGrants: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List an organization's grants in force, the first to expire first.")

    @Argument(help: "The organization's ID.")
    var organization: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> OrganizationID { try OrganizationID(organization) }

    func answer(_ organization: OrganizationID, from repository: RedisSessionRepository) async throws -> Answer {
        let grants = try await repository.listSupportAccessGrants(organization)
        return Answer(document: Document(grants: grants.map(GrantDocument.init))) { $0.table(of: grants) }
    }

    private struct Document: Encodable {
        let grants: [GrantDocument]
    }
}
