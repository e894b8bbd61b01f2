import Logging

/// Learns how many replicas have everything that a server acknowledged up to a moment, by WAIT on a connection of its
/// own, which WAIT holds up. Those who ask at the same time share one WAIT (group commit).
///
/// WAIT speaks for the writes of its own connection, and a server's replication stream has one order: a write made there
/// after the others covers them all.
actor ReplicationBarrier {
    private struct Request {
        let replicas: Int
        let deadline: MonotonicTime
        let key: String
        let continuation: CheckedContinuation<Int, Never>
    }

    private let writes: RedisConnection
    private let configuration: RedisClientConfiguration
    private let source: any AddressSource
    private let logger: Logger
    private var own: RedisConnection?
    private var requests: [Request] = []
    private var isRunning = false
    private var isClosed = false

    init(of writes: RedisConnection, configuration: RedisClientConfiguration, source: any AddressSource, logger: Logger)
    {
        self.writes = writes
        self.configuration = configuration
        self.source = source
        self.logger = logger
    }

    /// How many replicas, as far as is known, have all that the other connection had been told to be done when this was
    /// called; waits for `replicas` of them, at most `timeout`. 0 whenever that cannot be told.
    /// - Parameter key: a key of that server, beside which one is written for a moment.
    func replicasReached(of replicas: Int, within timeout: Duration, beside key: String) async -> Int {
        guard !isClosed, replicas > 0 else { return 0 }
        return await withCheckedContinuation { continuation in
            requests.append(
                Request(replicas: replicas, deadline: .now() + timeout, key: key, continuation: continuation))
            if !isRunning {
                isRunning = true
                Task { await serve() }
            }
        }
    }

    /// How many replicas are connected to the server now; `nil` when that cannot be told, or when it is not the server
    /// that the writes went to: then it is made to be told what it may lack.
    func connectedReplicas() async -> Int? {
        guard !isClosed, let identity = await currentIdentity(), isThatOfWrites(identity) else { return nil }
        return identity.replicas
    }

    /// Closes the connection until it is needed again, unless it is in use.
    func rest() async {
        guard !isRunning, let idle = own.take() else { return }
        await idle.shutdown(drain: .zero)
    }

    func shutdown() async {
        isClosed = true
        await own?.shutdown(drain: .zero)
    }

    /// How long one WAIT is at most: whoever comes meanwhile must not wait for longer than the others want to.
    private static let slice = Duration.milliseconds(100)

    private func serve() async {
        while !requests.isEmpty {
            let batch = requests
            requests = []
            let wanted = batch.map(\.replicas).min() ?? 1
            let rest = (batch.map(\.deadline).min() ?? .now()).duration(since: .now())
            let reached = await wait(
                for: wanted, within: min(max(rest, .milliseconds(1)), Self.slice), key: batch[0].key)
            let now = MonotonicTime.now()
            for request in batch {
                if let reached, reached < request.replicas, now < request.deadline {
                    requests.append(request)
                } else {
                    request.continuation.resume(returning: reached ?? 0)
                }
            }
        }
        isRunning = false
    }

    /// `nil` when it cannot be told.
    private func wait(for replicas: Int, within timeout: Duration, key: String) async -> Int? {
        // Before and after: the server must be the one that acknowledged, all the time.
        guard let before = await currentIdentity(), isThatOfWrites(before) else { return nil }
        let mark = ScriptCall(Self.mark, keys: [configuration.ownKey("mark", beside: key)], arguments: [])
        let milliseconds = max(1, timeout.clampedNanoseconds / 1_000_000)
        let command = RedisCommand.pipeline(
            mark.bySource, RedisCommand("WAIT", String(replicas), String(milliseconds)))
        do throws(RedisError) {
            let reached = try await connection().execute(
                command, isIdempotent: false, timeout: timeout + configuration.commandTimeout
            ) { $0.integer }
            guard let reached, await currentIdentity() == before, writes.identity == before else { return nil }
            return Int(reached)
        } catch {
            logger.debug("cannot tell how far replicas are", metadata: .keyed([.redisError: "\(error)"]))
            return nil
        }
    }

    private func isThatOfWrites(_ identity: ServerIdentity) -> Bool {
        if identity == writes.identity { return true }
        // It is not what it was when the other connection logged in, and may lack what the journal has.
        if writes.identity != nil { writes.relocate("the server has begun another history of writes") }
        return false
    }

    private func currentIdentity() async -> ServerIdentity? {
        do throws(RedisError) {
            let info = try await connection().execute(RedisCommand("INFO")) { $0.string }
            return info.flatMap(ServerIdentity.init(info:))
        } catch {
            return nil
        }
    }

    private func connection() throws(RedisError) -> RedisConnection {
        if let own { return own }
        let made = try RedisConnection(configuration: configuration, source: source, failsFast: true, logger: logger)
        own = made
        return made
    }

    /// Works at the memory limit too, where Redis lets a script add only after it has removed.
    private static let mark = RedisScript(
        source: "redis.call('DEL', KEYS[1]) redis.call('SET', KEYS[1], '', 'PX', 1000)")
}
