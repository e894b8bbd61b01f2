import ArgumentParser
import SessionRepository

struct RenewSession: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew",
        abstract: "Give a session a new ID after its user has authenticated again; exit status 1 unless it is active.",
        discussion: "The old ID is terminated in the same step, with its refresh tokens.")

    @Argument(help: "The session's ID.")
    var session: String
    @OptionGroup var login: TicketOption
    @Option(help: "The longest the new one lives, such as 30d; as long as the old one by default.")
    var lifetime: String?
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> (SessionID, LoginTicket, lifetime: Duration?) {
        (
            try SessionID(session), try login.value(),
            try lifetime.map { try DurationText.duration($0, field: "--lifetime") }
        )
    }

    func answer(
        _ request: (SessionID, LoginTicket, lifetime: Duration?), from repository: RedisSessionRepository
    ) async throws -> Answer {
        let outcome = try await repository.renewSession(
            request.0, as: SessionID(renewing: request.0), ticket: request.1, authenticatedAt: nil,
            lifetime: request.lifetime)
        switch outcome {
        case .renewed(let created): return Answer(created: created)
        case .notActive: throw NotFound(description: "session \(request.0) is not active")
        }
    }
}
