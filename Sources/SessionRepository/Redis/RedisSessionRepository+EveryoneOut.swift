import Logging
import RedisClient

/// The end of everyone's sessions, in three steps: the fence, the users' sessions by their indexes, and what no index has.
/// Each session says which epoch it was created in, so that whatever is repeated ends nobody who has logged in since.
extension RedisSessionRepository {
    func terminateEveryone(
        by actor: String?, reason: String?, operationID: OperationID,
        progress: (EveryoneOutProgress) -> Void
    ) async throws(SessionRepositoryError) -> Int {
        let actor = try InputLimits.actor(actor) ?? ""
        let reason = try InputLimits.reason(reason) ?? ""
        defer { forget(.everything) }
        try await raiseEveryone(operationID)
        var state = EveryoneOutProgress(users: 0, terminated: 0, fraction: 0)
        try await walk(keys.userIndexPattern) { page, fraction throws(SessionRepositoryError) in
            let users = page.compactMap(keys.user(ofIndex:))
            let results = await together(users) { user throws(SessionRepositoryError) in
                try await self.terminateSuperseded(
                    self.terminationOfSuperseded(user, by: actor, reason: reason), isJournaled: { _ in true })
            }
            for result in results {
                switch result {
                case .success(let count): state.terminated += count
                // Its sessions are found by their records. Its key, which names the user, belongs in no log.
                case .failure(.corruptRecord):
                    logger.warning("a user's index is damaged; its sessions are ended by their records")
                case .failure(let error): throw error
                }
            }
            state.users += users.count
            state.fraction = max(state.fraction, fraction / 2)
            progress(state)
        }
        var firstCorrupt: SessionRepositoryError?
        try await walk(keys.sessionPattern) { page, fraction throws(SessionRepositoryError) in
            let sessions = page.compactMap(keys.session(ofRecord:))
            let results = await together(sessions) { id throws(SessionRepositoryError) in
                // Most have ended by now.
                try await self.terminateSuperseded(
                    self.terminationOfSuperseded(id, by: actor, reason: reason), isJournaled: { $0 > 0 })
            }
            for result in results {
                switch result {
                case .success(let count): state.terminated += count
                // One bad record must not keep the others in.
                case .failure(.corruptRecord(let key, let problem)):
                    firstCorrupt = firstCorrupt ?? .corruptRecord(key: key, problem: problem)
                case .failure(let error): throw error
                }
            }
            state.fraction = max(state.fraction, 0.5 + fraction / 2)
            progress(state)
        }
        if let firstCorrupt { throw firstCorrupt }
        return state.terminated
    }

    /// Wherever everyone's epoch lies, also where something fails elsewhere: what is raised is a fence already.
    /// - Throws: unless it is raised everywhere.
    private func raiseEveryone(_ operation: OperationID) async throws(SessionRepositoryError) {
        // No clock decides: where an epoch is later than this, it is raised further.
        let number = try await latestClock()
        let results = await together(keys.everyoneEverywhere, atOnce: 256) { key throws(SessionRepositoryError) in
            let call = self.raisingEveryone(key, to: number, by: operation, isRepeated: false)
            let raised = try await self.run(
                call, lane: .everySlot,
                journaling: { [self] raised in
                    raised.map { raisingEveryone(key, to: $0, by: operation, isRepeated: true) }
                }
            ) { $0.integer }
            guard raised != nil else { throw .unexpectedAnswer(about: key) }
            return 1
        }
        for case .failure(let error) in results { throw error }
    }

    private func terminateSuperseded(
        _ call: ScriptCall, isJournaled: @escaping @Sendable (Int64) -> Bool
    ) async throws(SessionRepositoryError) -> Int {
        let answer = try await run(call, lane: .sweep, journaling: { $0.flatMap { isJournaled($0) ? call : nil } }) {
            $0.integer
        }
        guard let count = answer, (0...Int64(UInt32.max)).contains(count) else {
            throw .unexpectedAnswer(about: call.keys[0])
        }
        return Int(count)
    }

    /// Some at the same time, so that they travel together and leave room for others in the queue.
    private func together<Item: Sendable>(
        _ items: [Item], atOnce: Int = 32,
        _ change: @escaping @Sendable (Item) async throws(SessionRepositoryError) -> Int
    ) async -> [Result<Int, SessionRepositoryError>] {
        await withTaskGroup(of: Result<Int, SessionRepositoryError>.self) { group in
            var results: [Result<Int, SessionRepositoryError>] = []
            for (position, item) in items.enumerated() {
                if position >= atOnce, let result = await group.next() { results.append(result) }
                group.addTask {
                    do throws(SessionRepositoryError) {
                        return .success(try await change(item))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            for await result in group { results.append(result) }
            return results
        }
    }
}
