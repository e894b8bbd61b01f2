import ArgumentParser
import SessionRepository

struct FindGrant: StoreCommand {
    static let configuration = CommandConfiguration(commandName: "find", abstract: "Show a grant in force.")

    @Argument(help: "The grant's ID.")
    var grant: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> SupportAccessGrantID { try SupportAccessGrantID(grant) }

    func answer(_ id: SupportAccessGrantID, from repository: RedisSessionRepository) async throws -> Answer {
        guard let grant = try await repository.findSupportAccessGrant(id) else {
            throw NotFound(description: "grant \(id) is unknown, has expired or was revoked")
        }
        return Answer(document: GrantDocument(grant)) { $0.details(of: grant) }
    }
}
