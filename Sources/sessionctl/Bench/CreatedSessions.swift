import SessionRepository

/// Sessions to measure writes with: some for each of many users, their IDs known before they are created.
struct CreatedSessions: Sendable {
    let users: [UserID]
    /// In the order of the users.
    let ids: [SessionID]
    let perUser: Int

    /// - Parameter family: tells these users from all others.
    init(family: String, users count: Int, perUser: Int) {
        users = (0..<count).map { UserID(stored: "\(family)-\($0)") }
        ids = users.flatMap { user in (0..<perUser).map { _ in SessionID(for: user) } }
        self.perUser = perUser
    }

    func user(ofSession index: Int) -> UserID { users[index / perUser] }

    func create(_ index: Int, in repository: RedisSessionRepository) async throws {
        _ = try await repository.createSession(.typical(of: user(ofSession: index), id: ids[index]))
    }

    /// All of them, as fast as it goes.
    func create(in repository: RedisSessionRepository) async throws {
        _ = try await Load(operation: "create", requests: ids.count, concurrency: 64).measure { request in
            try await create(request.index, in: repository)
        }
    }
}
