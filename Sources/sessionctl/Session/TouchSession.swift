import ArgumentParser
import SessionRepository

struct TouchSession: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "touch", abstract: "Record activity on a session.",
        discussion: """
            Nothing is written when the last record is younger than a minute and the address has not changed: that is no \
            failure. Exit status 1 when the session is not active.
            """)

    @Argument(help: "The session's ID.")
    var session: String
    @Option(help: "The client's address.")
    var ip: String?
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> (SessionID, ipAddress: String?) {
        (try SessionID(session), try InputLimits.ipAddress(ip))
    }

    func answer(
        _ request: (SessionID, ipAddress: String?), from repository: RedisSessionRepository
    ) async throws -> Answer {
        let outcome = try await repository.touch(request.0, ipAddress: request.ipAddress)
        let document = Document(recorded: outcome == .recorded)
        return Answer(document: document, isNo: outcome == .notActive) { presentation in
            switch outcome {
            case .recorded: presentation.style.paint("recorded", .good)
            case .recent: "not recorded: the last record is recent"
            case .notActive: presentation.style.paint("not active", .bad) + ": nothing was recorded"
            }
        }
    }

    private struct Document: Encodable {
        let recorded: Bool
    }
}
