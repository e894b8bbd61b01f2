import ArgumentParser
import SessionRepository

struct ShowSession: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a session in any state.",
        discussion: "With --owner, the session of another user is answered exactly like an unknown one.")

    @Argument(help: "The session's ID.")
    var session: String
    @Option(help: "Only if this user owns it.")
    var owner: String?
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> (SessionID, owner: UserID?) {
        (try SessionID(session), try owner.map { try UserID($0) })
    }

    func answer(
        _ request: (SessionID, owner: UserID?), from repository: RedisSessionRepository
    ) async throws -> Answer {
        let (id, owner) = request
        guard let session = try await repository.findSession(id, ownedBy: owner) else {
            throw NotFound(description: "session \(id) is unknown or has expired")
        }
        return Answer(document: SessionDocument(session)) { $0.details(of: session) }
    }
}
