@testable import SessionRepository

/// One task with sessions of its own, and everything that the store must say about them. Nobody else changes them, so that
/// each answer is either right, an error, or wrong.
struct StreamWorker {
    struct Ended {
        let id: SessionID
        let actor: String
        let reason: String
    }

    let number: Int
    let repository: RedisSessionRepository
    let notes: StreamNotes
    let user: UserID
    let unknown: SessionID
    var active: [Session] = []
    var ended: [Ended] = []
    /// The current token of each active session.
    var tokens: [SessionID: RefreshToken] = [:]
    /// Invalidated with that reason. Of sessions that are active.
    var invalidated: [SessionID: String] = [:]
    /// The call that was to create or end them failed: it is not known whether it did.
    var doubtful: Set<SessionID> = []
    var serial = 0

    static let sessions = 4

    /// In a store that is well.
    static func make(
        _ number: Int, in repository: RedisSessionRepository, notes: StreamNotes
    ) async throws -> StreamWorker {
        let user = try UserID("worker-\(number)-\(OperationID())")
        var worker = StreamWorker(
            number: number, repository: repository, notes: notes, user: user, unknown: SessionID(for: user))
        while worker.active.count < sessions {
            let new = worker.newSession()
            let created = try await insist { () throws(SessionRepositoryError) in
                try await repository.createSession(new)
            }
            worker.add(created)
        }
        for _ in 0..<2 {
            let end = worker.end(of: worker.active[0].id)
            worker.remove(end.id)
            _ = try await insist { () throws(SessionRepositoryError) in
                try await repository.terminateSession(end.id, by: end.actor, reason: end.reason)
            }
            worker.ended.append(end)
        }
        return worker
    }

    mutating func newSession() -> NewSession {
        serial += 1
        return NewSession(
            userID: user, ticket: .none, deviceName: "device \(number)-\(serial)",
            ipAddress: "10.\(number % 250).\(serial / 250 % 250).\(serial % 250)",
            userAgent: "Worker/\(number) (\(serial))")
    }

    mutating func end(of id: SessionID) -> Ended {
        serial += 1
        return Ended(id: id, actor: "admin-\(number)-\(serial)", reason: "reason \(number)-\(serial)")
    }

    mutating func add(_ created: CreatedSession) {
        active.append(created.session)
        tokens[created.session.id] = created.refreshToken
    }

    mutating func remove(_ id: SessionID) {
        active.removeAll { $0.id == id }
        tokens[id] = nil
        invalidated[id] = nil
    }

    mutating func perform(_ operation: StreamOperation) async {
        do throws(SessionRepositoryError) {
            switch operation {
            case .authorizeActive: try await authorizeActive()
            case .authorizeEnded: try await authorizeEnded()
            case .authorizeUnknown: try await authorizeUnknown()
            case .find: try await find()
            case .list: try await list()
            case .chainState: try await chainState()
            case .touchActive: try await touchActive()
            case .touchEnded: try await touchEnded()
            case .create: try await create()
            case .terminate: try await terminate()
            case .terminateUnknown: try await terminateUnknown()
            case .rotate: try await rotate()
            case .invalidateChain: try await invalidateChain()
            }
        } catch {
            notes.failed(error, of: operation, number)
        }
    }

    func check(_ isRight: Bool, otherwise kind: WrongAnswer, _ text: @autoclosure () -> String) {
        if isRight { notes.right(number) } else { notes.wrong(kind, text(), number) }
    }
}

/// What a task asks, each with its own way of being wrong.
enum StreamOperation: CaseIterable, Sendable {
    case authorizeActive, authorizeEnded, authorizeUnknown, find, list, chainState
    case touchActive, touchEnded, create, terminate, terminateUnknown, rotate, invalidateChain
}

/// What the tasks of a scene ask.
enum StreamWork: String, CaseIterable, Sendable {
    case lookups, scripts, mixture

    var operations: [StreamOperation] {
        let lookups: [StreamOperation] = [
            .authorizeActive, .authorizeEnded, .authorizeActive, .authorizeUnknown, .find, .authorizeActive,
        ]
        let scripts: [StreamOperation] = [
            .touchActive, .terminate, .touchEnded, .create, .rotate, .terminateUnknown, .invalidateChain,
        ]
        return switch self {
        case .lookups: lookups
        case .scripts: scripts
        case .mixture: lookups + scripts + lookups + [.list, .chainState]
        }
    }
}
