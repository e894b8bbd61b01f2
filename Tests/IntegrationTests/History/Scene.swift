import Synchronization

@testable import SessionRepository

/// Users, sessions and tasks that meet: readers who never stop asking while sessions are ended one by one and all
/// together, and tokens are presented several times at once.
struct Scene {
    let repository: any SessionRepository
    let recorder = Recorder()
    private let sessionsPerUser = 8
    private let readers = 4

    func play() async throws -> History {
        let together = try UserID("together-\(OperationID())")
        let apart = try UserID("apart-\(OperationID())")
        let bulk = try await populate(together).map(\.session.id)
        recorder.populate(together, bulk)
        let single = try await populate(apart)
        let isOver = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reader in 0..<readers {
                group.addTask {
                    var lap = reader
                    while !isOver.isRaised {
                        try await look(at: bulk, of: together, lap)
                        try await look(at: single.map(\.session.id), of: apart, lap)
                        lap += 1
                    }
                    try await look(at: bulk, of: together, lap)
                }
            }
            group.addTask {
                defer { isOver.raise() }
                try await end(bulk: together, single: single)
            }
            try await group.waitForAll()
        }
        return recorder.take()
    }

    private func populate(_ user: UserID) async throws -> [CreatedSession] {
        try await inParallel(sessionsPerUser) { _ in
            try await recorder.record({ (_: CreatedSession) in .other }) { () throws(SessionRepositoryError) in
                try await repository.createSession(NewSession(userID: user, ticket: .none))
            }
        }
    }

    private func look(at sessions: [SessionID], of user: UserID, _ lap: Int) async throws {
        let id = sessions[lap % sessions.count]
        _ = try await recorder.record({ (answer: Authorization) in
            .authorized(id, isActive: answer.session != nil)
        }) { () throws(SessionRepositoryError) in
            try await repository.authorize(id)
        }
        guard lap.isMultiple(of: 5) else { return }
        _ = try await recorder.record({ (page: SessionPage) in
            .listed(user, Set(page.sessions.map(\.id)))
        }) { () throws(SessionRepositoryError) in
            try await repository.findActiveSessionsByUser(user, limit: 100, after: nil)
        }
    }

    private func end(bulk user: UserID, single: [CreatedSession]) async throws {
        if let token = single[0].refreshToken { try await rotate(single[0].session.id, token) }
        for (number, created) in single.enumerated().dropFirst() {
            let id = created.session.id
            // Twice at once: both are told, one of them that it came second.
            _ = try await inParallel(2) { _ in
                try await recorder.record({ (_: TerminationOutcome) in .terminated(id) }) {
                    () throws(SessionRepositoryError) in
                    try await repository.terminateSession(id, by: "admin")
                }
            }
            guard number == single.count / 2 else { continue }
            _ = try await recorder.record({ (count: Int) in .terminatedAll(user, count: count) }) {
                () throws(SessionRepositoryError) in
                try await repository.terminateAllSessionsByUser(user)
            }
        }
    }

    private func rotate(_ id: SessionID, _ first: RefreshToken) async throws {
        var token = first
        for generation in 0..<8 {
            let presented = token
            let outcomes = try await inParallel(4) { _ in
                try await recorder.record({ (outcome: RotationOutcome) in
                    .rotated(
                        id, generation: generation, outcome: outcome.word, successor: outcome.successor?.text)
                }) { () throws(SessionRepositoryError) in
                    try await repository.rotateRefreshToken(presented)
                }
            }
            guard let successor = outcomes.compactMap(\.successor).first else { return }
            token = successor
        }
    }
}
