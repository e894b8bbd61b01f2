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
    @OptionGroup var durability: ReplicaOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> SessionID { try SessionID(session) }

    func answer(_ id: SessionID, from repository: RedisSessionRepository) async throws -> Answer {
        let confirmed = try await repository.invalidateRefreshTokenChain(
            id, reason: reason, durability: durability.durability())
        let document = OutcomeDocument(
            outcome: confirmed.outcome.rawValue, replicas: durability.reached(confirmed))
        return Answer(document: document) { presentation in
            switch confirmed.outcome {
            case .invalidated: presentation.style.paint("invalidated", .good) + durability.text(confirmed)
            case .alreadyInvalidated: "already invalidated" + durability.text(confirmed)
            }
        }
    }
}
