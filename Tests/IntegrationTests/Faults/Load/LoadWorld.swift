import Synchronization

@testable import SessionRepository

/// Users, sessions, tokens and grants that a load works on, with the record of what it was told about them.
///
/// Of some users the sessions end one by one, of others only together.
final class LoadWorld: Sendable {
    struct Size: Sendable {
        var users = 4
        var sessionsPerUser = 6
        var bulkUsers = 8
        var sessionsPerBulkUser = 3
        var grants = 8
        /// A load that creates adds no more than this.
        var maximumSessions = 150
        var maximumGrants = 40
    }

    struct Token {
        let session: SessionID
        let token: RefreshToken
        let generation: Int
    }

    struct State {
        var users: [UserID] = []
        /// Those that end one by one.
        var sessions: [SessionID] = []
        var bulk: [UserID: [SessionID]] = [:]
        var owners: [SessionID: UserID] = [:]
        var supportSessions: [SessionID] = []
        var grants: [SupportAccessGrantID: OrganizationID] = [:]
        /// Not being rotated just now.
        var tokens: [Token] = []
        /// Logins that have begun.
        var tickets: [UserID: LoginTicket] = [:]
        /// What was not confirmed is tried again under the same IDs.
        var creations: [NewSession] = []
        var renewals: [(old: SessionID, new: SessionID)] = []
        var savings: [NewSupportAccessGrant] = []
        var bulkOperations: [UserID: OperationID] = [:]
    }

    let repository: RedisSessionRepository
    let recorder = Recorder()
    let size: Size
    let organizations: [OrganizationID]
    let admin: UserID
    let state = Mutex(State())

    private init(repository: RedisSessionRepository, size: Size) throws(SessionRepositoryError) {
        self.repository = repository
        self.size = size
        let name = OperationID().description
        var organizations: [OrganizationID] = []
        for number in 0..<2 { organizations.append(try OrganizationID("org-\(number)-\(name)")) }
        self.organizations = organizations
        admin = try UserID("admin-\(name)")
    }

    /// Fills the store, which must be well.
    static func make(in repository: RedisSessionRepository, size: Size = Size()) async throws -> LoadWorld {
        let world = try LoadWorld(repository: repository, size: size)
        world.recorder.expectBrokenConnections()
        let name = OperationID().description
        for number in 0..<size.users {
            let user = try UserID("user-\(number)-\(name)")
            world.state.withLock { $0.users.append(user) }
            _ = try await inParallel(size.sessionsPerUser) { _ in
                let new = NewSession(userID: user, ticket: .none)
                try await insist { () throws(SessionRepositoryError) in try await world.create(new) }
            }
        }
        for number in 0..<size.bulkUsers {
            let user = try UserID("bulk-\(number)-\(name)")
            let ids = try await inParallel(size.sessionsPerBulkUser) { _ in
                let new = NewSession(userID: user, ticket: .none)
                return try await insist { () throws(SessionRepositoryError) in
                    try await repository.createSession(new).session.id
                }
            }
            world.state.withLock { $0.bulk[user] = ids }
            world.recorder.populate(user, ids)
        }
        _ = try await inParallel(size.grants) { _ in
            try await insist { () throws(SessionRepositoryError) in try await world.saveGrant() }
            try await insist { () throws(SessionRepositoryError) in try await world.createSupportSession() }
        }
        return world
    }

    func pick<Value>(_ choose: (inout State) -> Value) -> Value {
        state.withLock { choose(&$0) }
    }
}
