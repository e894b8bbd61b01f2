@testable import SessionRepository

extension StreamWorker {
    func touchActive() async throws(SessionRepositoryError) {
        guard let session = active.randomElement() else { return }
        let outcome = try await repository.touch(session.id, ipAddress: session.ipAddress)
        check(outcome != .notActive, otherwise: .wronglyRefused, "\(session.id) is touched and \(outcome)")
    }

    func touchEnded() async throws(SessionRepositoryError) {
        guard let end = ended.randomElement() else { return }
        let outcome = try await repository.touch(end.id)
        check(outcome == .notActive, otherwise: .wronglyActive, "\(end.id) has ended, is touched and \(outcome)")
    }

    mutating func create() async throws(SessionRepositoryError) {
        guard active.count < 2 * Self.sessions else { return try await terminate() }
        let new = newSession()
        do throws(SessionRepositoryError) {
            let created = try await repository.createSession(new)
            let session = created.session
            check(
                session.id == new.id && session.userID == user && created.refreshToken != nil, otherwise: .otherOutcome,
                "\(new.id) is created as \(session)")
            add(created)
        } catch {
            doubtful.insert(new.id)
            throw error
        }
    }

    mutating func terminate() async throws(SessionRepositoryError) {
        guard active.count > 1, let session = active.first else { return try await create() }
        let end = end(of: session.id)
        remove(session.id)
        do throws(SessionRepositoryError) {
            let outcome = try await repository.terminateSession(end.id, by: end.actor, reason: end.reason)
            // Sent again after a lost reply, it may find its own work.
            check(outcome != .unknown, otherwise: .otherOutcome, "\(end.id) is terminated and \(outcome)")
            ended.append(end)
            if ended.count > Self.sessions { ended.removeFirst() }
        } catch {
            doubtful.insert(end.id)
            throw error
        }
    }

    func terminateUnknown() async throws(SessionRepositoryError) {
        let outcome = try await repository.terminateSession(unknown, by: "nobody")
        check(outcome == .unknown, otherwise: .otherOutcome, "\(unknown) never was, is terminated and \(outcome)")
    }

    mutating func rotate() async throws(SessionRepositoryError) {
        guard let (id, token) = tokens.randomElement() else { return }
        let outcome = try await repository.rotateRefreshToken(token)
        if let reason = invalidated[id] {
            return check(
                outcome.successor == nil, otherwise: .wronglyActive, "\(id), invalidated for \(reason): \(outcome.word)"
            )
        }
        switch outcome {
        case .rotated(let next, let session, let owner), .repeated(let next, let session, let owner):
            check(
                session == id && owner == user && next.text != token.text, otherwise: .otherOutcome,
                "a token of \(id) is rotated for \(session)")
            if session == id { tokens[id] = next }
        default:
            check(false, otherwise: .wronglyRefused, "a token of \(id) is rotated: \(outcome.word)")
        }
    }

    mutating func invalidateChain() async throws(SessionRepositoryError) {
        guard active.count > 2, let session = active.last else { return try await create() }
        let end = end(of: session.id)
        do throws(SessionRepositoryError) {
            let outcome = try await repository.invalidateRefreshTokenChain(session.id, reason: end.reason)
            // What kind of outcome it is depends on whether it was sent again.
            check(true, otherwise: .otherOutcome, "\(outcome)")
            if invalidated[session.id] == nil { invalidated[session.id] = end.reason }
        } catch {
            remove(session.id)
            doubtful.insert(session.id)
            throw error
        }
    }
}
