import Logging
import RedisClient

/// The end of everyone's sessions, in three steps: the fence, the users' sessions by their indexes, and what no index has.
/// A session records the epoch of its creation. Repeating a step therefore ends no session of a later login.
extension RedisSessionRepository {
    func terminateEveryone(
        by actor: String?, reason: String?, operationID: OperationID,
        progress: (EveryoneOutProgress) -> Void
    ) async throws(SessionRepositoryError) -> Int {
        let actor = try InputLimits.actor(actor) ?? ""
        let reason = try InputLimits.reason(reason) ?? ""
        defer { forget(.everything) }
        let fence = try await raiseEveryone(by: operationID)
        var state = EveryoneOutProgress(users: 0, terminated: 0, fraction: 0)
        try await walk(keys.userIndexPattern) { page, fraction throws(SessionRepositoryError) in
            let users = page.compactMap(keys.user(ofIndex:))
            let results = await someAtOnce(users) { user throws(SessionRepositoryError) in
                try await self.terminateSuperseded(
                    self.terminationOfSuperseded(user, since: fence, by: actor, reason: reason),
                    isJournaled: { _ in true })
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
            let results = await someAtOnce(sessions) { id throws(SessionRepositoryError) in
                // Most have ended by now.
                try await self.terminateSuperseded(
                    self.terminationOfSuperseded(id, since: fence, by: actor, reason: reason), isJournaled: { $0 > 0 })
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

    /// Raises everyone's epoch wherever it lies. What is raised is a fence already, also if raising fails elsewhere.
    /// - Throws: unless it is raised everywhere.
    private func raiseEveryone(by operation: OperationID) async throws(SessionRepositoryError) -> EveryoneFence {
        let number = try await latestClock()
        var fence = EveryoneFence(operation)
        // Slots move, and not every service lets a script use several. What fails here is raised one by one.
        for (keys, raised) in await raise(fence, to: number, in: try await slotsTogether(), atOnce: 8) {
            if case .success(let numbers) = raised { fence.note(numbers, at: keys) }
        }
        let rest = keys.everyoneEverywhere.filter { fence.numbers[$0] == nil }.map { [$0] }
        for (keys, raised) in await raise(fence, to: number, in: rest, atOnce: 128) {
            fence.note(try raised.get(), at: keys)
        }
        return fence
    }

    /// The keys of everyone's epoch, those of one server 256 at a time; none where there is one server.
    private func slotsTogether() async throws(SessionRepositoryError) -> [[String]] {
        guard keys.isClustered else { return [] }
        return try await partitions().flatMap { partition in
            let keys = partition.everySlot.map(self.keys.everyone(in:))
            return stride(from: 0, to: keys.count, by: 256).map { Array(keys[$0..<min($0 + 256, keys.count)]) }
        }
    }

    private func raise(
        _ fence: EveryoneFence, to number: Int64, in groups: [[String]], atOnce limit: Int
    ) async -> Zip2Sequence<[[String]], [Result<[Int64], SessionRepositoryError>]> {
        let results = await someAtOnce(groups, atOnce: limit) { keys throws(SessionRepositoryError) in
            let numbers = try await self.run(fence.raising(keys, to: number)) { reply in
                (0..<(reply.count ?? 0)).compactMap { reply[$0].integer }
            }
            guard numbers.count == keys.count else { throw .unexpectedAnswer(about: keys[0]) }
            return numbers
        }
        return zip(groups, results)
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
}
