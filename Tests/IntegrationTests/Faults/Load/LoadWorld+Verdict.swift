import Testing

@testable import SessionRepository

extension LoadWorld {
    /// Looks once more at everything there is, which must work now, and judges the record.
    /// - Returns: violations, each with its story; not all when there are many.
    func verdict() async throws -> [String] {
        let violations = try await violations()
        let history = recorder.take()
        return violations.prefix(5).map(history.story)
    }

    /// Looks once more at everything there is, which must work now, and judges the record.
    func violations() async throws -> Set<HistoryChecker.Violation> {
        let (sessions, support, grants) = pick { state in
            (state.sessions + state.bulk.values.joined(), state.supportSessions, Array(state.grants.keys))
        }
        try await all(sessions + support) { id throws(SessionRepositoryError) in try await self.look(at: id) }
        try await all(sessions) { id throws(SessionRepositoryError) in try await self.lookAtChain(of: id) }
        try await all(grants) { id throws(SessionRepositoryError) in try await self.lookAtGrant(id) }
        return HistoryChecker.check(recorder.take())
    }

    private func all<ID: Sendable>(
        _ ids: [ID], _ look: @escaping @Sendable (ID) async throws(SessionRepositoryError) -> Void
    ) async throws {
        _ = try await inParallel(ids.count) { number in
            // A busy machine may be late once; the store is well, so that it is not late for long.
            for _ in 0..<20 {
                do throws(SessionRepositoryError) {
                    return try await look(ids[number])
                } catch {
                    guard error.leavesItOpen else { throw error }
                }
            }
            try await look(ids[number])
        }
    }
}
