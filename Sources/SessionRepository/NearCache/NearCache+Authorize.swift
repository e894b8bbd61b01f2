extension NearCache {
    /// What Redis answered, and what the session's record had left to live when it was read (PTTL in milliseconds).
    package struct Answer: Sendable {
        package let authorization: Authorization
        package let remaining: Duration

        package init(_ authorization: Authorization, remaining: Duration) {
            self.authorization = authorization
            self.remaining = remaining
        }
    }

    /// The session from memory, or the answer of `ask`: this caller's, or that of another one who asks already.
    package func authorize(
        _ id: SessionID, from source: NearCacheSource,
        asking ask: () async throws(SessionRepositoryError) -> Answer
    ) async throws(SessionRepositoryError) -> Authorization {
        // Whoever waited in vain asks, rather than wait for ever behind others.
        for _ in 0..<2 {
            switch lookUp(id, from: source) {
            case .hit(let session):
                return .active(session)
            case .bypass:
                return try await ask().authorization
            case .ask(let ticket):
                return try await Self.answer(ticket, asking: ask)
            case .wait(let flight):
                switch await flight.outcome() {
                case .answer(let authorization): return authorization
                case .failure(let error): throw error
                case .askYourself: continue
                }
            }
        }
        return try await ask().authorization
    }

    private static func answer(
        _ ticket: consuming NearCacheTicket, asking ask: () async throws(SessionRepositoryError) -> Answer
    ) async throws(SessionRepositoryError) -> Authorization {
        do {
            let answer = try await ask()
            ticket.answer(answer.authorization, remaining: answer.remaining)
            return answer.authorization
        } catch {
            ticket.fail(error)
            throw error
        }
    }
}
