import ArgumentParser
import SessionRepository

struct UpdateSession: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change device, user agent or attributes of a session; exit status 1 unless it is active.",
        discussion: "What is not named stays, and so does the time at which the session ends.")

    @Argument(help: "The session's ID.")
    var session: String
    @Option(parsing: .unconditional, help: "What the client calls itself; an empty text removes it.")
    var device: String?
    @Option(parsing: .unconditional, help: "The client's user agent; an empty text removes it.")
    var userAgent: String?
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("One of the application's own values; repeatable.", valueName: "name=value"))
    var attribute: [String] = []
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The name of an attribute to remove; repeatable.", valueName: "name"))
    var removeAttribute: [String] = []
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> (SessionID, SessionChanges) {
        let changes = SessionChanges(
            deviceName: device, userAgent: userAgent,
            attributes: try AttributeText.changes(set: attribute, remove: removeAttribute))
        guard changes != SessionChanges() else {
            throw SessionRepositoryError.invalidInput(field: "changes", problem: "there are none")
        }
        return (try SessionID(session), changes)
    }

    func answer(
        _ request: (SessionID, SessionChanges), from repository: RedisSessionRepository
    ) async throws -> Answer {
        try Answer(try await repository.updateSession(request.0, request.1), of: request.0)
    }
}

extension Answer {
    init(_ outcome: UpdateOutcome, of id: SessionID) throws {
        switch outcome {
        case .updated(let session): self.init(document: SessionDocument(session)) { $0.details(of: session) }
        case .notActive: throw NotFound(description: "session \(id) is not active")
        }
    }
}
