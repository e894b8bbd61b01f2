extension RedisClient {
    /// Runs a script: EVALSHA, and one EVAL after NOSCRIPT, which also loads the script for the next time. Nothing but the
    /// answer to this very call is decoded.
    /// - Parameters:
    ///   - proved: acts upon what `decode` made, as in `execute`.
    ///   - journaling: what is to be applied again at a server that may have lost it, made of the proved answer on the event
    ///     loop's thread; `nil` when nothing was done.
    package func run<Value: Sendable>(
        _ call: ScriptCall,
        isIdempotent: Bool = true,
        lane: WriteJournal.Lane = .single,
        proved: (@Sendable (Value) -> Void)? = nil,
        journaling: (@Sendable (Value) -> ScriptCall?)? = nil,
        decode: @escaping RedisDecoder<Value>
    ) async throws(RedisError) -> Value {
        let call = guarded(call)
        guard let journal, let journaling else {
            return try await run(call, isIdempotent: isIdempotent, proved: proved, decode: decode)
        }
        let owner = servers.place(of: call.slot)
        let value = try await run(
            call, isIdempotent: isIdempotent,
            proved: { [self] value in
                proved?(value)
                if let write = journaling(value) { journal.add(guarded(write), lane: lane) }
            },
            decode: decode)
        // Who got the slot meanwhile may have been given the journal without this.
        if case .cluster(let router) = servers, let owner, servers.place(of: call.slot) != owner {
            do throws(RedisError) {
                _ = try await router.retrying(within: configuration.commandTimeout) { () throws(RedisError) in
                    try await router.settle(
                        call.slot, at: router.endpoint(of: call.slot),
                        until: .now() + configuration.commandTimeout)
                }
            } catch {
                // It was done, but may be lost.
                throw .timedOut
            }
        }
        return value
    }

    /// Where the server says that it cannot take the call now, and did nothing, it is asked again: at most four times, at
    /// doubling intervals, within one timeout.
    private func run<Value: Sendable>(
        _ call: ScriptCall, isIdempotent: Bool, proved: (@Sendable (Value) -> Void)?,
        decode: @escaping RedisDecoder<Value>
    ) async throws(RedisError) -> Value {
        let deadline = MonotonicTime.now() + configuration.commandTimeout
        var pause = configuration.commandTimeout / 16
        while true {
            do throws(RedisError) {
                return try await runOnce(
                    call, isIdempotent: isIdempotent, until: deadline, proved: proved, decode: decode)
            } catch {
                guard error.passesByItself, MonotonicTime.now() + pause < deadline else { throw error }
                // Those that were refused together do not return in step.
                guard (try? await Task.sleep(for: pause * Double.random(in: 0.5...1))) != nil else { throw .cancelled }
                pause *= 2
            }
        }
    }

    private func runOnce<Value: Sendable>(
        _ call: ScriptCall, isIdempotent: Bool, until deadline: MonotonicTime, proved: (@Sendable (Value) -> Void)?,
        decode: @escaping RedisDecoder<Value>
    ) async throws(RedisError) -> Value {
        let number = OperationNumber.next()
        let decode = number.proving(decode)
        do {
            return try await execute(
                call.byDigest(number), slot: call.slot, isIdempotent: isIdempotent,
                timeout: deadline.duration(since: .now()), proved: proved, decode: decode)
        } catch .server("NOSCRIPT", _) {
            return try await execute(
                call.bySource(number), slot: call.slot, isIdempotent: isIdempotent,
                timeout: deadline.duration(since: .now()), proved: proved, decode: decode)
        }
    }

    /// With the number of the database. In a cluster, with one more key that never exists: while its slot migrates, Redis
    /// refuses a script that names several keys of which one is missing (TRYAGAIN), before it begins. Otherwise one that
    /// also computes keys could find some of them here and some gone, and do half of its work.
    private func guarded(_ call: ScriptCall) -> ScriptCall {
        guard case .cluster = servers, let key = call.keys.first else {
            return call.inDatabase(configuration.database)
        }
        return call.inDatabase(configuration.database, absent: configuration.ownKey("absent", beside: key))
    }
}
