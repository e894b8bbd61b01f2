import ArgumentParser
import SessionRepository

struct InvalidateToken: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "invalidate",
        abstract: "Make every refresh token of a session useless; the session itself goes on.")

    @Argument(help: "The session's ID.")
    var session: String
    @Option(help: "Why.")
    var reason: String?
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> SessionID { try SessionID(session) }

    func answer(_ id: SessionID, from repository: RedisSessionRepository) async throws -> Answer {
        let outcome = try await repository.invalidateRefreshTokenChain(id, reason: reason)
        return Answer(document: OutcomeDocument(outcome: outcome.rawValue)) { presentation in
            switch outcome {
            case .invalidated: presentation.style.paint("invalidated", .good)
            case .alreadyInvalidated: "already invalidated"
            }
        }
    }
}
