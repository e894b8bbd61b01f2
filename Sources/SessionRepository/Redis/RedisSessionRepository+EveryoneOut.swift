import RedisClient

extension RedisSessionRepository {
    func terminateEveryone(
        by actor: String?, reason: String?, operationID: OperationID,
        progress: (EveryoneOutProgress) -> Void
    ) async throws(SessionRepositoryError) -> Int {
        let actor = try InputLimits.actor(actor) ?? ""
        let reason = try InputLimits.reason(reason) ?? ""
        defer { forget(.everything) }
        let begun = try await run(
            everyoneOut(operationID, notBefore: try await latestClock()),
            journaling: { [self] begun in begun.map { everyoneOut(operationID, notBefore: $0) } }
        ) { $0.decimal }
        guard let cutoff = begun else { throw .unexpectedAnswer(about: keys.everyone) }
        var firstCorrupt: SessionRepositoryError?
        var state = EveryoneOutProgress(users: 0, terminated: 0, fraction: 0)
        try await walk(keys.userIndexPattern) { page, fraction throws(SessionRepositoryError) in
            let users = page.compactMap(keys.user(ofIndex:))
            for result in await terminateSessions(of: users, before: cutoff, by: actor, reason: reason) {
                switch result {
                case .success(let count): state.terminated += count
                // One bad index must not keep the others in.
                case .failure(.corruptRecord(let key, let problem)):
                    firstCorrupt = firstCorrupt ?? .corruptRecord(key: key, problem: problem)
                case .failure(let error): throw error
                }
            }
            state.users += users.count
            state.fraction = max(state.fraction, fraction)
            progress(state)
        }
        if let firstCorrupt { throw firstCorrupt }
        return state.terminated
    }

    /// Some at the same time, so that they travel together and leave room for others in the queue.
    private func terminateSessions(
        of users: [UserID], before cutoff: Int64, by actor: String, reason: String
    ) async -> [Result<Int, SessionRepositoryError>] {
        await withTaskGroup(of: Result<Int, SessionRepositoryError>.self) { group in
            var results: [Result<Int, SessionRepositoryError>] = []
            for (position, user) in users.enumerated() {
                if position >= 32, let result = await group.next() { results.append(result) }
                group.addTask {
                    do throws(SessionRepositoryError) {
                        return .success(
                            try await self.terminateSessions(of: user, before: cutoff, by: actor, reason: reason))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            for await result in group { results.append(result) }
            return results
        }
    }

    private func terminateSessions(
        of user: UserID, before cutoff: Int64, by actor: String, reason: String
    ) async throws(SessionRepositoryError) -> Int {
        let call = termination(of: user, before: cutoff, by: actor, reason: reason)
        let count = try await run(call, lane: .sweep, journaling: { _ in call }) { $0.integer }
        guard let count, (0...Int64(UInt32.max)).contains(count) else {
            throw .unexpectedAnswer(about: keys.userIndex(user))
        }
        return Int(count)
    }

    /// When everyone's sessions were last terminated, in Unix milliseconds.
    func everyoneOutAt() async throws(SessionRepositoryError) -> Int64? {
        let key = keys.everyone
        let time = try await execute(RedisCommand("HGET", key, "notBefore").sealed, key: key) {
            reply throws(ReplyProblem) in
            try reply.isMissingValue("HGET")
                ? Result<Int64?, RecordProblem>.success(nil)
                : reply.decimal.map { .success($0) }
                    ?? .failure(RecordProblem("notBefore is not a time in Unix milliseconds"))
        }
        return try time.mapError(SessionRepositoryError.corrupt(key)).get()
    }
}
