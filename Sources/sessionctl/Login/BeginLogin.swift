import ArgumentParser
import SessionRepository

struct BeginLogin: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "begin", abstract: "Begin a login, before the user proves who they are.",
        discussion: """
            Prints a ticket for `session create` and `session renew`. It is good for 24 hours, and until the user's \
            sessions, or everyone's, are all ended.
            """)

    @Argument(help: "Whose login.")
    var user: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> UserID { try UserID(user) }

    func answer(_ user: UserID, from repository: RedisSessionRepository) async throws -> Answer {
        let ticket = try await repository.beginLogin(user).description
        return Answer(document: Document(ticket: ticket)) { _ in ticket }
    }

    private struct Document: Encodable {
        let ticket: String
    }
}
