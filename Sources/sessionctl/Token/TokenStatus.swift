import ArgumentParser
import SessionRepository

struct TokenStatus: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say whether a session's refresh-token chain has been invalidated.")

    @Argument(help: "The session's ID.")
    var session: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> SessionID { try SessionID(session) }

    func answer(_ id: SessionID, from repository: RedisSessionRepository) async throws -> Answer {
        switch try await repository.refreshTokenChainState(id) {
        case .valid:
            Answer(document: Document(invalidated: false, reason: nil)) { _ in "not invalidated" }
        case .invalidated(let reason):
            Answer(document: Document(invalidated: true, reason: reason)) { presentation in
                presentation.style.paint("invalidated", .bad) + PlainText.line(reason.map { ": \($0)" } ?? "")
            }
        }
    }

    private struct Document: Encodable {
        let invalidated: Bool
        let reason: String?
    }
}
