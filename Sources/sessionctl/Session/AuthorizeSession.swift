import ArgumentParser
import SessionRepository

struct AuthorizeSession: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorize", abstract: "Say whether a session is good now; exit status 1 unless it is.")

    @Argument(help: "The session's ID.")
    var session: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> SessionID { try SessionID(session) }

    func answer(_ id: SessionID, from repository: RedisSessionRepository) async throws -> Answer {
        let authorization = try await repository.authorize(id)
        var session: Session?
        if case .active(let found) = authorization { session = found }
        let document = Document(decision: authorization.word, session: session.map(SessionDocument.init))
        return Answer(document: document, isNo: session == nil) { $0.text(of: authorization) }
    }

    private struct Document: Encodable {
        let decision: String
        let session: SessionDocument?
    }
}

extension Presentation {
    func text(of authorization: Authorization) -> String {
        switch authorization {
        case .active(let session):
            let owner = PlainText.line(session.userID.description)
            return style.paint("active", .good) + ": \(owner), until \(absolute(session.expiresAt))"
        case .terminated(let termination):
            let by = termination.by.map { " by \($0)" } ?? ""
            let reason = termination.reason.map { ": \($0)" } ?? ""
            return style.paint("terminated", .bad) + PlainText.line(" \(relative(termination.at))\(by)\(reason)")
        case .unknown:
            return style.paint("unknown", .bad) + ": it has expired or never was"
        case .supportAccessEnded:
            return style.paint("support access ended", .bad) + ": its grant has expired or was revoked"
        }
    }
}
