import ArgumentParser
import SessionRepository

struct ElevateSession: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "elevate",
        abstract: "Raise a session's assurance level for a while; exit status 1 unless it is active.",
        discussion: "For a user who has proved more (step-up). Afterwards the level of the login is in force again.")

    @Argument(help: "The session's ID.")
    var session: String
    @Option(help: "The level, in the application's own words, such as aal2.")
    var level: String
    @Option(help: "What the user has proved it by, such as otp; repeatable.")
    var method: [String] = []
    @Option(name: .customLong("for"), help: "For how long, such as 15m.")
    var duration: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> (id: SessionID, duration: Duration) {
        (try SessionID(session), try DurationText.duration(duration, field: "--for"))
    }

    func answer(
        _ request: (id: SessionID, duration: Duration), from repository: RedisSessionRepository
    ) async throws -> Answer {
        let outcome = try await repository.elevateSession(
            request.id, to: level, methods: method, for: request.duration)
        return try Answer(outcome, of: request.id)
    }
}
