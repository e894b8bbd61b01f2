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
        let fence = try await raiseEveryone(by: operationID)
        var state = EveryoneOutProgress(users: 0, terminated: 0, fraction: 0)
        try await walk(keys.userIndexPattern) { page, fraction throws(SessionRepositoryError) in
            let users = page.compactMap(keys.user(ofIndex:))
            let results = await together(users) { user throws(SessionRepositoryError) in
                try await self.terminateSuperseded(
                    self.terminationOfSuperseded(user, since: fence, by: actor, reason: reason),
                    isJournaled: { _ in true })
            }
            for (_, result) in results {
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
                    self.terminationOfSuperseded(id, since: fence, by: actor, reason: reason), isJournaled: { $0 > 0 })
            }
            for (_, result) in results {
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
    private func raiseEveryone(by operation: OperationID) async throws(SessionRepositoryError) -> EveryoneFence {
        let number = try await latestClock()
        var fence = EveryoneFence(operation)
        var groups: [[String]] = []
        for partition in try await partitions() {
            var keys = partition.everySlot.map(self.keys.everyone(in:))[...]
            while !keys.isEmpty {
                groups.append(Array(keys.prefix(256)))
                keys = keys.dropFirst(256)
            }
        }
        if groups.isEmpty { groups = [keys.everyoneEverywhere] }
        // Slots move, and not every service lets a script use several. What is left is raised one by one.
        for attempt in [groups, []] {
            let rest = keys.everyoneEverywhere.filter { fence.numbers[$0] == nil }.map { [$0] }
            let groups = attempt.isEmpty ? rest : attempt
            let results = await together(groups, atOnce: attempt.isEmpty ? 128 : 8) {
                [fence] keys throws(SessionRepositoryError) in
                try await self.run(fence.raising(keys, to: number)) { reply in
                    (0..<(reply.count ?? 0)).compactMap { reply[$0].integer }
                }
            }
            for (keys, result) in results {
                switch result {
                case .success(let numbers) where numbers.count == keys.count: fence.note(numbers, at: keys)
                case .success: throw .unexpectedAnswer(about: keys[0])
                case .failure(let error): if attempt.isEmpty { throw error }
                }
            }
        }
        return fence
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
    private func together<Item: Sendable, Value: Sendable>(
        _ items: [Item], atOnce: Int = 32,
        _ change: @escaping @Sendable (Item) async throws(SessionRepositoryError) -> Value
    ) async -> [(Item, Result<Value, SessionRepositoryError>)] {
        await withTaskGroup(of: (Item, Result<Value, SessionRepositoryError>).self) { group in
            var results: [(Item, Result<Value, SessionRepositoryError>)] = []
            for (position, item) in items.enumerated() {
                if position >= atOnce, let result = await group.next() { results.append(result) }
                group.addTask {
                    do throws(SessionRepositoryError) {
                        return (item, .success(try await change(item)))
                    } catch {
                        return (item, .failure(error))
                    }
                }
            }
            for await result in group { results.append(result) }
            return results
        }
    }
}
