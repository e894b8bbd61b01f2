@testable import SessionRepository

extension LoadWorld {
    private func anySession() -> SessionID? {
        pick { state in
            Bool.random() ? state.sessions.randomElement() : state.bulk.values.randomElement()?.randomElement()
        }
    }

    func authorize() async throws(SessionRepositoryError) {
        guard let id = anySession() else { return }
        try await look(at: id)
    }

    func look(at id: SessionID) async throws(SessionRepositoryError) {
        _ = try await recorder.record(
            { (answer: Authorization) in
                [.authorized(id, isActive: answer.session != nil)] + (answer.termination == nil ? [] : [.stored(id)])
            }, attempting: []
        ) { () throws(SessionRepositoryError) in
            try await repository.authorize(id)
        }
    }

    func findSession() async throws(SessionRepositoryError) {
        guard let id = anySession() else { return }
        _ = try await recorder.record({ (found: Session?) in .authorized(id, isActive: found?.isActive == true) }) {
            () throws(SessionRepositoryError) in
            try await repository.findSession(id)
        }
    }

    func touch() async throws(SessionRepositoryError) {
        guard let id = anySession() else { return }
        _ = try await recorder.record({ (outcome: TouchOutcome) in .authorized(id, isActive: outcome != .notActive) }) {
            () throws(SessionRepositoryError) in
            try await repository.touch(id)
        }
    }

    func updateSession() async throws(SessionRepositoryError) {
        guard let id = anySession() else { return }
        try await lookAt(id) { () throws(SessionRepositoryError) in
            try await repository.updateSession(id, SessionChanges(attributes: ["theme": "dark"]))
        }
    }

    func elevateSession() async throws(SessionRepositoryError) {
        guard let id = anySession() else { return }
        try await lookAt(id) { () throws(SessionRepositoryError) in
            try await repository.elevateSession(id, to: "aal2", methods: ["otp"], for: .seconds(60))
        }
    }

    private func lookAt(
        _ id: SessionID, _ change: () async throws(SessionRepositoryError) -> UpdateOutcome
    ) async throws(SessionRepositoryError) {
        _ = try await recorder.record(
            { (outcome: UpdateOutcome) in .authorized(id, isActive: outcome != .notActive) }, of: change)
    }

    func listSessions() async throws(SessionRepositoryError) {
        let user = pick { state in Bool.random() ? state.users.randomElement() : state.bulk.keys.randomElement() }
        guard let user else { return }
        _ = try await recorder.record({ (page: SessionPage) in .listed(user, Set(page.sessions.map(\.id))) }) {
            () throws(SessionRepositoryError) in
            try await repository.findActiveSessionsByUser(user, limit: 1000, after: nil)
        }
    }

    func beginLogin() async throws(SessionRepositoryError) {
        guard let user = pick({ $0.users.randomElement() }) else { return }
        let ticket = try await repository.beginLogin(user)
        pick { $0.tickets[user] = ticket }
    }

    func createSession() async throws(SessionRepositoryError) {
        let new = pick { state -> NewSession? in
            if let again = state.creations.popLast() { return again }
            guard state.sessions.count < size.maximumSessions else { return nil }
            return state.users.randomElement().map {
                NewSession(userID: $0, ticket: state.tickets.removeValue(forKey: $0) ?? .none)
            }
        }
        guard let new else { return try await authorize() }
        do throws(SessionRepositoryError) {
            try await create(new)
        } catch {
            // Nothing else ends all sessions of these users.
            if error == .loginSuperseded(by: .everyoneOut) { return }
            if error.leavesItOpen { pick { $0.creations.append(new) } }
            throw error
        }
    }

    func create(_ new: NewSession) async throws(SessionRepositoryError) {
        let created = try await recorder.record({ (_: CreatedSession) in .created(new.id, new.userID) }) {
            () throws(SessionRepositoryError) in
            try await repository.createSession(new)
        }
        add(created, of: new.userID)
    }

    private func add(_ created: CreatedSession, of user: UserID) {
        let id = created.session.id
        pick { state in
            state.sessions.append(id)
            state.owners[id] = user
            if let token = created.refreshToken {
                state.tokens.append(Token(session: id, token: token, generation: 0))
            }
        }
    }

    func terminateSession() async throws(SessionRepositoryError) {
        guard let id = pick({ $0.sessions.randomElement() }) else { return }
        _ = try await recorder.record(
            { (outcome: TerminationOutcome) in
                // Unknown is no confirmation of anything but that it is not active.
                outcome == .unknown ? [.authorized(id, isActive: false)] : [.terminated(id)]
            }, attempting: [.session(id)]
        ) { () throws(SessionRepositoryError) in
            try await repository.terminateSession(id, by: "load")
        }
    }

    func terminateAllSessionsByUser() async throws(SessionRepositoryError) {
        guard let user = pick({ $0.bulk.keys.randomElement() }) else { return }
        let operation = pick { $0.bulkOperations[user] } ?? OperationID()
        pick { $0.bulkOperations[user] = Bool.random() ? operation : nil }
        _ = try await recorder.record(
            { (count: Int) in [.terminatedAll(user, count: count)] }, attempting: [.sessions(of: user)]
        ) { () throws(SessionRepositoryError) in
            try await repository.terminateAllSessionsByUser(
                user, except: nil, by: "load", reason: nil, operationID: operation)
        }
    }

    func shortenSession() async throws(SessionRepositoryError) {
        guard let id = anySession() else { return }
        _ = try await recorder.record(
            { (outcome: ShorteningOutcome) in .authorized(id, isActive: outcome != .notActive) }
        ) { () throws(SessionRepositoryError) in
            // No load lasts as long.
            try await repository.shortenSession(id, for: .seconds(10 * 86_400))
        }
    }

    func terminateAllSessions() async throws(SessionRepositoryError) {
        let begin = ContinuousClock.now
        do throws(SessionRepositoryError) {
            _ = try await recorder.record({ (_: Int) in [.terminatedEveryone] }, attempting: [.everyone]) {
                () throws(SessionRepositoryError) in
                try await repository.terminateAllSessions(by: "load")
            }
        } catch .storeUnavailable(let reason) {
            // Of several exchanges: what came before the one that failed has happened.
            recorder.append([.attempted(.everyone)], since: begin)
            throw .storeUnavailable(reason: reason)
        }
    }

    func renewSession() async throws(SessionRepositoryError) {
        let renewal = pick { state in
            state.renewals.popLast() ?? state.sessions.randomElement().map { ($0, SessionID(renewing: $0)) }
        }
        guard let (old, new) = renewal, let user = pick({ $0.owners[old] }) else { return }
        do throws(SessionRepositoryError) {
            let outcome = try await recorder.record(
                { (outcome: RenewalOutcome) in
                    switch outcome {
                    case .renewed: [.terminated(old), .created(new, user)]
                    case .notActive: [.authorized(old, isActive: false)]
                    }
                }, attempting: [.session(old)]
            ) { () throws(SessionRepositoryError) in
                try await repository.renewSession(old, as: new, ticket: .none, authenticatedAt: nil, lifetime: nil)
            }
            if case .renewed(let created) = outcome { add(created, of: user) }
        } catch {
            if error.leavesItOpen { pick { $0.renewals.append((old, new)) } }
            throw error
        }
    }
}

extension SessionRepositoryError {
    /// Whether it says nothing about what was asked: to be asked again.
    var leavesItOpen: Bool {
        switch self {
        case .storeUnavailable, .timedOut, .storeFull, .overloaded, .cancelled, .corruptRecord, .storeRefused,
            .protocolFailure:
            true
        default: false
        }
    }
}
