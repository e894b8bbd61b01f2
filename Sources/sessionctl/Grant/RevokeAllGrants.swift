import ArgumentParser
import SessionRepository

struct RevokeAllGrants: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke-all",
        abstract: "End all grants of an organization, to a Global Admin, or of everyone.",
        discussion: """
            Each ends at once, and with it every session opened under it. Interrupted, it is repeated. --everyone walks the \
            whole store.
            """)

    @Option(help: "The organization's ID.")
    var organization: String?
    @Option(help: "The Global Admin whom they name. Grants that allow any stay.")
    var admin: String?
    @Flag(help: "All grants there are.")
    var everyone = false
    @Flag(help: "Yes, all of them.")
    var yes = false
    @Option(help: "Who revokes them.")
    var by: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard [organization != nil, admin != nil, everyone].count(where: \.self) == 1 else {
            throw ValidationError("Give one of --organization, --admin and --everyone.")
        }
        guard yes else { throw ValidationError("this ends every such grant; say --yes if that is what you want") }
    }

    func request() throws -> SupportAccessScope {
        if let organization { return .organization(try OrganizationID(organization)) }
        if let admin { return .administrator(try UserID(admin)) }
        return .everyone
    }

    func answer(_ scope: SupportAccessScope, from repository: RedisSessionRepository) async throws -> Answer {
        let count = try await repository.revokeSupportAccessGrants(scope, by: by)
        return Answer(document: Document(revoked: count)) { _ in "revoked \(count) grant\(count == 1 ? "" : "s")" }
    }

    private struct Document: Encodable {
        let revoked: Int
    }
}
