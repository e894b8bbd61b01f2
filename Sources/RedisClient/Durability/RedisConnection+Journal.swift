/// How writes are applied again at a server outside of a log-in.
extension RedisConnection {
    /// All at once if the server takes them all, otherwise one after the other.
    /// - Throws: why one of them cannot be applied now; those before it have been.
    func reapply(_ writes: [ScriptCall], until deadline: MonotonicTime) async throws(RedisError) {
        do throws(RedisError) {
            try await send(.pipeline(writes.map(\.byDigest)), until: deadline)
        } catch .server {
            for write in writes { try await reapply(write, until: deadline) }
        }
    }

    private func reapply(_ write: ScriptCall, until deadline: MonotonicTime) async throws(RedisError) {
        var command = write.byDigest
        while true {
            do throws(RedisError) {
                return try await send(command, until: deadline)
            } catch {
                switch JournalReplay.Verdict(error) {
                case .applied, .refused: return
                case .unknownScript where command.bytes != write.bySource.bytes: command = write.bySource
                // The server's own word: it says whether to wait, and where the slot is.
                case .elsewhere, .open, .unknownScript, .notNow, .later: throw error
                }
            }
        }
    }

    private func send(_ command: RedisCommand, until deadline: MonotonicTime) async throws(RedisError) {
        do throws(RedisError) {
            try await execute(command.applyingJournal, timeout: deadline.duration(since: .now())) { _ in }
        } catch .outcomeUnknown {
            // Of this one, which may be done again: what is waiting to be sent has not been.
            throw .unavailable(reason: "the connection broke while a master was told of earlier revocations")
        }
    }
}

extension RedisError {
    /// The word with which a server refused to apply a write again.
    var refusalWord: String {
        guard case .server(let code, let message) = self else { return "no answer" }
        return Self.insideScript(code: code, message: message).code
    }
}
