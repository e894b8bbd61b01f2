import ArgumentParser
import SessionRepository

struct ExtendGrant: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend",
        abstract: "Move the end of a grant in force; nothing else changes.",
        discussion: "An earlier end shortens the grant, and the sessions under it.")

    @Argument(help: "The grant's ID.")
    var grant: String
    @OptionGroup var end: GrantExpiryOptions
    @Option(help: "Who does it.")
    var by: String?
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    typealias Request = (id: SupportAccessGrantID, expiry: NewSupportAccessGrant.Expiry)

    func request() throws -> Request { (try SupportAccessGrantID(grant), try end.expiry()) }

    func answer(_ request: Request, from repository: RedisSessionRepository) async throws -> Answer {
        let grant = try await repository.extendSupportAccessGrant(request.id, until: request.expiry, by: by)
        return Answer(document: GrantDocument(grant)) { $0.details(of: grant) }
    }
}
