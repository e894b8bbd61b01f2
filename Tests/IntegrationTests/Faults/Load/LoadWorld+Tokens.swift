@testable import SessionRepository

extension LoadWorld {
    /// Presents a token, now and then twice at the same time as two tabs would.
    func rotate() async throws(SessionRepositoryError) {
        let token = pick { state -> Token? in
            guard !state.tokens.isEmpty else { return nil }
            return state.tokens.remove(at: Int.random(in: 0..<state.tokens.count))
        }
        guard let token else { return }
        async let second = Int.random(in: 0..<4) == 0 ? present(token) : nil
        let results = [await present(token), await second].compactMap(\.self)
        if let successor = results.compactMap({ $0.value?.successor }).first {
            keep(Token(session: token.session, token: successor, generation: token.generation + 1))
        } else if let error = results.compactMap(\.error).first {
            // Whether it was spent is not known: the same one once more.
            keep(token)
            throw error
        }
        if let error = results.compactMap(\.error).first { throw error }
    }

    private func keep(_ token: Token) {
        pick { $0.tokens.append(token) }
    }

    private func present(_ token: Token) async -> Result<RotationOutcome, SessionRepositoryError>? {
        do throws(SessionRepositoryError) {
            return .success(
                try await recorder.record(
                    { (outcome: RotationOutcome) in
                        [
                            .rotated(
                                token.session, generation: token.generation, outcome: outcome.word,
                                successor: outcome.successor?.text)
                        ]
                    }, attempting: [.rotation(token.session, generation: token.generation)]
                ) { () throws(SessionRepositoryError) in
                    try await repository.rotateRefreshToken(token.token)
                })
        } catch {
            return .failure(error)
        }
    }

    func invalidateChain() async throws(SessionRepositoryError) {
        guard let id = pick({ $0.sessions.randomElement() }) else { return }
        _ = try await recorder.record({ (_: InvalidationOutcome) in [.invalidated(id)] }, attempting: [.chain(id)]) {
            () throws(SessionRepositoryError) in
            try await repository.invalidateRefreshTokenChain(id)
        }
    }

    func chainState() async throws(SessionRepositoryError) {
        guard let id = pick({ $0.sessions.randomElement() }) else { return }
        try await lookAtChain(of: id)
    }

    func lookAtChain(of id: SessionID) async throws(SessionRepositoryError) {
        _ = try await recorder.record({ (state: RefreshTokenChainState) in .chain(id, isValid: state == .valid) }) {
            () throws(SessionRepositoryError) in
            try await repository.refreshTokenChainState(id)
        }
    }
}
