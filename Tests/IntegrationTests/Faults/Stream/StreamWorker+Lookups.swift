@testable import SessionRepository

extension StreamWorker {
    /// Everything that the worker itself does not change.
    private func isSame(_ one: Session, _ other: Session) -> Bool {
        one.id == other.id && one.userID == other.userID && one.state == other.state
            && one.deviceName == other.deviceName && one.ipAddress == other.ipAddress
            && one.userAgent == other.userAgent && one.createdAt == other.createdAt && one.expiresAt == other.expiresAt
    }

    func authorizeActive() async throws(SessionRepositoryError) {
        guard let session = active.randomElement() else { return }
        let answer = try await repository.authorize(session.id)
        guard case .active(let found) = answer else {
            return check(false, otherwise: .wronglyRefused, "\(session.id): \(answer)")
        }
        check(isSame(found, session), otherwise: .otherSession, "\(session) is told as \(found)")
    }

    func authorizeEnded() async throws(SessionRepositoryError) {
        guard let end = ended.randomElement() else { return }
        judge(try await repository.authorize(end.id), of: end)
    }

    private func judge(_ answer: Authorization, of end: Ended) {
        switch answer {
        case .active: check(false, otherwise: .wronglyActive, "\(end.id) was ended by \(end.actor)")
        case .terminated(let termination): judge(termination, of: end)
        case .unknown, .supportAccessEnded: check(false, otherwise: .otherSession, "\(end.id): \(answer)")
        }
    }

    private func judge(_ termination: Termination, of end: Ended) {
        check(
            termination.by == end.actor && termination.reason == end.reason, otherwise: .otherSession,
            "\(end.id) was ended by \(end.actor), not \(termination)")
    }

    func authorizeUnknown() async throws(SessionRepositoryError) {
        let answer = try await repository.authorize(unknown)
        if case .active = answer { return check(false, otherwise: .wronglyActive, "\(unknown) never was: \(answer)") }
        check(answer == .unknown, otherwise: .otherSession, "\(unknown) never was: \(answer)")
    }

    func find() async throws(SessionRepositoryError) {
        if Bool.random(), let end = ended.randomElement() {
            let found = try await repository.findSession(end.id)
            guard case .terminated(let termination)? = found?.state, found?.id == end.id, found?.userID == user else {
                return check(
                    false, otherwise: found?.isActive == true ? .wronglyActive : .otherSession,
                    "\(end.id): \(String(describing: found))")
            }
            judge(termination, of: end)
        } else if let session = active.randomElement() {
            let found = try await repository.findSession(session.id)
            guard let found else { return check(false, otherwise: .wronglyRefused, "\(session.id) is not found") }
            check(isSame(found, session), otherwise: .otherSession, "\(session) is found as \(found)")
        }
    }

    func list() async throws(SessionRepositoryError) {
        let shown = try await repository.findActiveSessionsByUser(user, limit: 1000, after: nil).sessions
        let ids = Set(shown.map(\.id))
        let known = Set(active.map(\.id))
        let surplus = ids.subtracting(known).subtracting(doubtful)
        guard surplus.isEmpty else {
            let kind = surplus.isDisjoint(with: ended.map(\.id)) ? WrongAnswer.otherSession : .wronglyActive
            return check(false, otherwise: kind, "the list of \(user) shows \(surplus)")
        }
        check(
            known.isSubset(of: ids), otherwise: .wronglyRefused, "the list of \(user) lacks \(known.subtracting(ids))")
    }

    func chainState() async throws(SessionRepositoryError) {
        guard let session = active.randomElement() else { return }
        let state = try await repository.refreshTokenChainState(session.id)
        let expected = invalidated[session.id].map { RefreshTokenChainState.invalidated(reason: $0) } ?? .valid
        check(
            state == expected, otherwise: expected == .valid ? .wronglyRefused : .wronglyActive,
            "the chain of \(session.id) is \(expected), not \(state)")
    }
}
