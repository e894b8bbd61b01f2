import ArgumentParser
import SessionRepository

struct ListSessions: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List a user's active sessions, latest activity first.",
        discussion: "With --limit, those that were created last.")

    @Argument(help: "The user's ID.")
    var user: String
    @Option(help: "At most so many; all by default.")
    var limit: Int?
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    }

    func request() throws -> UserID { try UserID(user) }

    func answer(_ user: UserID, from repository: RedisSessionRepository) async throws -> Answer {
        let (sessions, more) = try await sessions(of: user, in: repository)
        let document = Document(sessions: sessions.map(SessionDocument.init), more: more)
        return Answer(document: document) { $0.table(of: sessions) + (more ? "\n… and more" : "") }
    }

    private func sessions(
        of user: UserID, in repository: RedisSessionRepository
    ) async throws -> (sessions: [Session], more: Bool) {
        let limit = limit ?? .max
        var sessions: [Session] = []
        var cursor: SessionPage.Cursor?
        repeat {
            let page = try await repository.findActiveSessionsByUser(
                user, limit: min(limit - sessions.count, 1000), after: cursor)
            sessions += page.sessions
            cursor = page.next
        } while cursor != nil && sessions.count < limit
        return (sessions.sorted(by: Session.isMoreRecent), more: cursor != nil)
    }

    private struct Document: Encodable {
        let sessions: [SessionDocument]
        let more: Bool
    }
}
