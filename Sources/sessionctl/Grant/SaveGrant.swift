import ArgumentParser
import SessionRepository

struct SaveGrant: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "save",
        abstract: "Let a Global Admin see an organization until a time.",
        discussion: """
            With the --id of a grant in force it changes what is named and nothing else. A change of administrator ends \
            the sessions of others under it.
            """)

    @Option(help: "The organization's ID.")
    var organization: String
    @Option(help: "Who in the organization allows it, or this change of it.")
    var grantedBy: String
    @OptionGroup var end: GrantExpiryOptions
    @Option(help: "The one Global Admin who may use it.")
    var admin: String?
    @Flag(help: "Any Global Admin may use it.")
    var anyAdmin = false
    @Option(help: "Why.")
    var reason: String?
    @Option(help: "The grant's ID; a new one by default.")
    var id: String?
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard admin == nil || !anyAdmin else { throw ValidationError("Give either --admin or --any-admin.") }
        guard admin != nil || anyAdmin || id != nil else {
            throw ValidationError("Say who may use the new grant: --admin or --any-admin.")
        }
    }

    func request() throws -> NewSupportAccessGrant {
        NewSupportAccessGrant(
            organizationID: try OrganizationID(organization),
            grantedBy: grantedBy,
            expiry: try end.expiry(),
            id: try id.map { try SupportAccessGrantID($0) },
            grantedTo: anyAdmin ? .anyAdministrator : try admin.map { .administrator(try UserID($0)) },
            reason: reason
        )
    }

    func answer(_ request: NewSupportAccessGrant, from repository: RedisSessionRepository) async throws -> Answer {
        let grant = try await repository.saveSupportAccessGrant(request)
        return Answer(document: GrantDocument(grant)) { $0.details(of: grant) }
    }
}
