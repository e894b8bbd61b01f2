import ArgumentParser
import SessionRepository

struct TerminateSession: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminate", abstract: "End a session for ever.",
        discussion: "With --owner, the session of another user is answered exactly like an unknown one.")

    @Argument(help: "The session's ID.")
    var session: String
    @Option(help: "Only if this user owns it.")
    var owner: String?
    @OptionGroup var cause: Cause
    @OptionGroup var durability: ReplicaOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> (SessionID, owner: UserID?) {
        (try SessionID(session), try owner.map { try UserID($0) })
    }

    func answer(
        _ request: (SessionID, owner: UserID?), from repository: RedisSessionRepository
    ) async throws -> Answer {
        let confirmed = try await repository.terminateSession(
            request.0, ownedBy: request.owner, by: cause.by, reason: cause.reason, durability: durability.durability())
        let outcome = confirmed.outcome
        let document = OutcomeDocument(outcome: outcome.rawValue, replicas: durability.reached(confirmed))
        return Answer(document: document, isNo: outcome == .unknown) { presentation in
            switch outcome {
            case .terminated: presentation.style.paint("terminated", .good) + durability.text(confirmed)
            case .alreadyTerminated: "already terminated" + durability.text(confirmed)
            case .unknown: presentation.style.paint("unknown", .bad) + ": it has expired or never was"
            }
        }
    }
}

/// Who ends something, and why.
struct Cause: ParsableArguments {
    @Option(help: "Who ends it.")
    var by: String?
    @Option(help: "Why.")
    var reason: String?
}
