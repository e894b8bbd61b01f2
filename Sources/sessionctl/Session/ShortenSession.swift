import ArgumentParser
import SessionRepository

struct ShortenSession: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "shorten",
        abstract: "Bring the end of a session forward; exit status 1 unless it is active.",
        discussion: "Never moves the end back: a session that ends sooner anyway stays as it is.")

    @Argument(help: "The session's ID.")
    var session: String
    @Option(name: .customLong("for"), help: "The longest that it may go on from now, such as 1h.")
    var duration: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> (SessionID, duration: Duration) {
        (try SessionID(session), try DurationText.duration(duration, field: "--for"))
    }

    func answer(
        _ request: (SessionID, duration: Duration), from repository: RedisSessionRepository
    ) async throws -> Answer {
        let (id, duration) = request
        let outcome = try await repository.shortenSession(id, for: duration)
        guard outcome != .notActive, let session = try await repository.findSession(id) else {
            throw NotFound(description: "session \(id) is not active")
        }
        return Answer(document: SessionDocument(session)) { $0.details(of: session) }
    }
}
