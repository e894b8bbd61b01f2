import RedisClient

/// `authorize` from memory. What it remembers of a server is kept right by that server (`CLIENT TRACKING`), and what this
/// process changes itself is forgotten before the change returns, however it ends.
extension RedisSessionRepository {
    /// What the near cache has done; all zero without one.
    public var nearCacheStatistics: NearCacheStatistics { nearCache?.statistics ?? NearCacheStatistics() }

    func authorize(_ id: SessionID, from cache: NearCache) async throws(SessionRepositoryError) -> Authorization {
        guard let (owner, server) = listened(about: id) else {
            // Nobody knows who would tell of changes.
            return try await cache.authorize(id, from: cache.unheardOf) { () throws(SessionRepositoryError) in
                try await observed(.authorize, outcome: \.authorization.word) { () throws(SessionRepositoryError) in
                    NearCache.Answer(try await ask(about: id), remaining: .zero)
                }
            }
        }
        return try await cache.authorize(id, from: server.source) { () throws(SessionRepositoryError) in
            try await observed(.authorize, outcome: \.authorization.word) { () throws(SessionRepositoryError) in
                // What is not going to be remembered costs no more than without a cache.
                guard server.source.epoch != 0, let answer = try await ask(about: id, at: owner) else {
                    return NearCache.Answer(try await ask(about: id), remaining: .zero)
                }
                return answer
            }
        }
    }

    /// The session, and how long its record lives, from the server that tells of changes to it.
    /// - Returns: `nil` when another way may lead to an answer, which is then not to be remembered: the slot is elsewhere,
    ///   or what the cache needs is not permitted.
    private func ask(
        about id: SessionID, at owner: RedisOwner
    ) async throws(SessionRepositoryError) -> NearCache.Answer? {
        let question = authorizeCommand
        let found: SessionLookup.Found
        let remaining: Int64
        do throws(RedisError) {
            (found, remaining) = try await owner.execute(
                question.encode(id), RedisCommand("PTTL", keys.session(id)),
                decodeFirst: { reply throws(ReplyProblem) in
                    try question.read(reply, of: id)
                },
                decodeLast: { reply throws(ReplyProblem) in
                    guard let remaining = reply.integer else { throw .misplaced("the reply to PTTL is no number") }
                    return remaining
                })
        } catch {
            switch error {
            case .server: return nil
            case .unavailable, .unknownHost, .outcomeUnknown, .shutDown:
                if client.isCluster { return nil }
                throw SessionRepositoryError(error, key: keys.session(id))
            case .timedOut, .overloaded, .cancelled, .unexpectedReply, .protocolFailure, .foreignAnswer:
                throw SessionRepositoryError(error, key: keys.session(id))
            }
        }
        if case .success(.unknown) = found { return NearCache.Answer(try await askAgain(about: id), remaining: .zero) }
        // The server counts in whole milliseconds, which may have begun before the question. A record without an end, or
        // that has gone between the two commands, is not remembered.
        let lifetime = Duration.milliseconds(max(1, remaining) - 1)
        return NearCache.Answer(try await judge(found, of: id), remaining: lifetime)
    }

    /// The server that has the session, where it tells of changes.
    private func listened(about id: SessionID) -> (RedisOwner, NearCacheServer)? {
        guard let owner = client.owner(of: HashSlot(of: id.value.tag)), let server = owner.changes as? NearCacheServer
        else { return nil }
        return (owner, server)
    }

    // MARK: Activity

    /// Whether a touch comes to nothing, as is known without asking.
    func absorbsTouch(_ id: SessionID, ipAddress: String?) -> Bool {
        guard let nearCache, let (_, server) = listened(about: id) else { return false }
        return nearCache.absorbsTouch(id, ipAddress: ipAddress, from: server.source)
    }

    // MARK: This process' own changes

    /// Forgets what a change was about: at its end, also when it failed, for it may have happened.
    func forget(_ change: NearCacheChange) {
        nearCache?.apply(change)
    }
}

extension HashSlot {
    /// Of every key of that owner. Allocates nothing.
    init(of tag: HashTag) {
        self = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: HashTag.length) { buffer in
            buffer.baseAddress.map(tag.write(to:))
            return HashSlot(hashing: buffer)
        }
    }
}
