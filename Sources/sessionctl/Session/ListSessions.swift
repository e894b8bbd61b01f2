import ArgumentParser
import SessionRepository

struct ListSessions: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List a user's active sessions, latest activity first.")

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
        let sessions = try await sessions(of: user, in: repository)
        return Answer(document: Document(sessions: sessions.map(SessionDocument.init))) { $0.table(of: sessions) }
    }

    private func sessions(of user: UserID, in repository: RedisSessionRepository) async throws -> [Session] {
        let limit = limit ?? .max
        var sessions: [Session] = []
        var cursor: SessionPage.Cursor?
        repeat {
            let page = try await repository.findActiveSessionsByUser(
                user, limit: min(limit - sessions.count, 1000), after: cursor)
            sessions += page.sessions
            cursor = page.next
        } while cursor != nil && sessions.count < limit
        return sessions
    }

    private struct Document: Encodable {
        let sessions: [SessionDocument]
    }
}
