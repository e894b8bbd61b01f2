import RedisClient

/// The hot path.
extension RedisSessionRepository {
    public func authorize(_ id: SessionID) async throws(SessionRepositoryError) -> Authorization {
        if let nearCache {
            if let nearSource, let session = nearCache.hit(id, from: nearSource) { return .active(session.standing) }
            return try await authorize(id, from: nearCache).standing
        }
        guard let observer else { return try await ask(about: id) }
        return try await observer.observe(.authorize, outcome: \.word) { () throws(SessionRepositoryError) in
            try await ask(about: id)
        }
    }

    /// Asks Redis.
    func ask(about id: SessionID) async throws(SessionRepositoryError) -> Authorization {
        let found = try await find(id)
        if case .success(.unknown) = found { return try await askAgain(about: id) }
        return try await judge(found, of: id)
    }

    /// A miss names no session: before it is believed the question is asked again, sealed.
    func askAgain(about id: SessionID) async throws(SessionRepositoryError) -> Authorization {
        try await judge(find(id, by: authorizeCommand.encode(id).sealed), of: id)
    }

    private func find(_ id: SessionID) async throws(SessionRepositoryError) -> SessionLookup.Found {
        guard let connection = client.onlyConnection else {
            return try await find(id, by: authorizeCommand.encode(id))
        }
        do {
            return try await SessionLookup.run(id, asking: authorizeCommand, on: connection)
        } catch {
            throw SessionRepositoryError(error, key: keys.session(id))
        }
    }

    private func find(
        _ id: SessionID, by command: RedisCommand
    ) async throws(SessionRepositoryError) -> SessionLookup.Found {
        let question = authorizeCommand
        return try await execute(command, key: keys.session(id)) { reply throws(ReplyProblem) in
            try question.read(reply, of: id)
        }
    }

    /// What a record that was found, or not, means.
    func judge(
        _ found: SessionLookup.Found, of id: SessionID
    ) async throws(SessionRepositoryError) -> Authorization {
        switch found {
        case .failure(let problem):
            throw .corruptRecord(key: keys.session(id), problem: problem.text)
        case .success(.unknown):
            witness.missed(id)
            return .unknown
        case .success(.terminated):
            switch try await termination(of: id) {
            case .terminated(let termination): return .terminated(termination)
            case nil: return .unknown
            case .active:
                // A master that lacks the termination took over in between. Which of the two is right is not known here.
                throw .storeUnavailable(reason: "the server has lost what another one answered a moment ago")
            }
        case .success(.session(let session)):
            witness.saw(session)
            if let grant = session.grantID, try await !isInForce(grant, for: id, of: session.userID) {
                return .supportAccessEnded
            }
            return .active(session)
        }
    }

    /// Fetches actor, time and reason of a termination. Only lookups of terminated sessions send this.
    private func termination(
        of id: SessionID
    ) async throws(SessionRepositoryError) -> SessionRecord.TerminationFinding? {
        let key = keys.session(id)
        let command = RedisCommand(["HMGET", key] + SessionField.ofTermination.map(\.rawValue))
        return try await lookUp(command, key: key) { reply throws(ReplyProblem) in
            try SessionRecord(SessionField.ofTermination, of: reply).termination(of: id)
        }
    }
}

extension Authorization {
    /// Without an elevation that ended while the near cache remembered it.
    fileprivate var standing: Authorization {
        guard case .active(let session) = self else { return self }
        return .active(session.standing)
    }
}
