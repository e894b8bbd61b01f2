import RedisClient

extension RedisSessionRepository {
    func invalidateChain(
        _ id: SessionID, reason: String?
    ) async throws(SessionRepositoryError) -> InvalidationOutcome {
        let call = invalidation(of: id, reason: try InputLimits.reason(reason) ?? "")
        defer { forget(.session(id)) }
        return try await run(call, answering: InvalidationOutcome.self, changing: .session(id)) { _ in call }
    }

    func chainState(
        _ id: SessionID
    ) async throws(SessionRepositoryError) -> RefreshTokenChainState {
        let key = keys.chain(id)
        let state = try await execute(RedisCommand("GET", key).sealed, key: key) {
            reply throws(ReplyProblem) -> RefreshTokenChainState? in
            if try reply.isMissingValue("GET") { return .valid }
            return reply.string.map { .invalidated(reason: $0.isEmpty ? nil : $0) }
        }
        guard let state else { throw .corruptRecord(key: key, problem: "the reason is not UTF-8") }
        return state
    }
}
