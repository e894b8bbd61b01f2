import RedisClient
import SessionRepository

/// One run of the benchmark: the operations, each at every concurrency.
struct BenchRun: Sendable {
    let repository: RedisSessionRepository
    let server: BenchServer
    let tokenKeys: BoundRefreshTokenKeys
    let sessions: Int
    let requests: Int
    let peer: [String]
    let progress: @Sendable (String) -> Void

    /// Writes take longer than lookups, and their sessions have to be created first.
    private var writes: Int { max(requests / 10, 1000) }

    func bytesPerSession() async throws -> Double {
        progress("memory of \(sessions) sessions")
        let before = try await server.usedMemory()
        let created = CreatedSessions(family: "memory", users: max(sessions / 2, 1), perUser: 2)
        try await created.create(in: repository)
        return Double(try await server.usedMemory() - before) / Double(created.ids.count)
    }

    // MARK: Lookups

    /// `authorize` from tasks anywhere and on the store's thread, the limit and the peer, in turn, each as often first, so
    /// that all see the machine in the same state. The ratios are medians of those of each round.
    func lookups(_ seeded: SeededSessions, at concurrency: Int) async throws -> [BenchRow] {
        let limit = RedisBenchmark(sessions: seeded, endpoint: server.endpoint)
        let peer = Peer(command: peer, sessions: seeded, endpoint: server.endpoint)
        let ours: [() async throws -> BenchRow] = [
            { try await authorize("authorize", seeded, at: concurrency) },
            {
                try await withTaskExecutorPreference(repository.taskExecutor) {
                    try await authorize("authorize, store's thread", seeded, at: concurrency)
                }
            },
        ]
        var contenders = ours + [{ try await limit.measure(requests: requests, concurrency: concurrency) }]
        // An interpreter needs a fraction of the requests to show its pace.
        if let peer { contenders.append { try await peer.measure(requests: writes, concurrency: concurrency) } }
        var rounds: [[BenchRow]] = contenders.map { _ in [] }
        for round in 0..<5 {
            progress("lookups at \(concurrency), round \(round + 1)")
            for turn in contenders.indices {
                let contender = (turn + round) % contenders.count
                rounds[contender].append(try await contenders[contender]())
            }
        }
        let limits = rounds[ours.count]
        let peers = rounds.dropFirst(ours.count + 1).first ?? []
        return rounds.enumerated().compactMap { contender, rows in
            var row = BenchRow.median(rows)
            guard contender < ours.count else { return row }
            row?.ofLimit = BenchRow.medianRatio(rows, to: limits)
            row?.ofPeer = BenchRow.medianRatio(rows, to: peers)
            return row
        }
    }

    private func authorize(_ name: String, _ seeded: SeededSessions, at concurrency: Int) async throws -> BenchRow {
        try await measured(name, "hmget", requests, at: concurrency, timedOneIn: 4) { request in
            try await authorize(seeded[request.random])
        }
    }

    /// Every session is in memory from the second time on.
    func nearCacheLookups(_ cached: CachedSessions, at concurrency: Int) async throws -> [BenchRow] {
        var rows: [BenchRow] = []
        for round in 1...3 {
            progress("authorize from the near cache at \(concurrency), round \(round)")
            let load = Load(
                operation: "authorize, near cache", requests: requests * 25, concurrency: concurrency, timedOneIn: 16)
            rows.append(try await load.measure { request in try await cached.authorize(request.random) })
        }
        return BenchRow.median(rows).map { [$0] } ?? []
    }

    private func authorize(_ id: SessionID) async throws {
        guard case .active = try await repository.authorize(id) else {
            throw SessionRepositoryError.corruptRecord(key: "\(id)", problem: "it must be active")
        }
    }

    // MARK: Writes

    func writes(at concurrency: Int) async throws -> [BenchRow] {
        let count = writes
        let created = CreatedSessions(family: "user-\(concurrency)", users: count / 10, perUser: 10)
        let (repository, tokenKeys) = (repository, tokenKeys)
        return [
            try await measured("create", "evalsha", created.ids.count, at: concurrency) { request in
                try await created.create(request.index, in: repository)
            },
            try await measured("touch", "evalsha", count, at: concurrency) { request in
                _ = try await repository.touch(created.ids[request.index % created.ids.count])
            },
            try await measured("list, 10 sessions", "evalsha", count, at: concurrency) { request in
                _ = try await repository.findActiveSessionsByUser(created.users[request.index % created.users.count])
            },
            try await measured("rotate", "evalsha", created.ids.count, at: concurrency) { request in
                let claims = RefreshTokenClaims(sessionID: created.ids[request.index], generation: 0)
                _ = try await repository.rotateRefreshToken(tokenKeys.issue(claims))
            },
            try await measured("terminate", "evalsha", created.ids.count, at: concurrency) { request in
                _ = try await repository.terminateSession(created.ids[request.index])
            },
            try await terminateAll(of: 100, at: concurrency),
            try await terminateAll(of: 1000, at: concurrency),
        ]
    }

    private func terminateAll(of sessions: Int, at concurrency: Int) async throws -> BenchRow {
        let users = max(min(20, writes / 100), concurrency)
        let created = CreatedSessions(family: "all-\(concurrency)-\(sessions)", users: users, perUser: sessions)
        try await created.create(in: repository)
        let repository = repository
        return try await measured(
            "terminate all, \(sessions) sessions", "evalsha", users, at: concurrency,
            serverTime: { $0.median ?? $0.total / $1 }
        ) { request in
            let terminated = try await repository.terminateAllSessionsByUser(created.users[request.index])
            guard terminated == sessions else { throw NoFigures(name: "terminate all") }
        }
    }

    /// - Parameter command: the one that the server carries out for the operation.
    private func measured(
        _ operation: String, _ command: String, _ requests: Int, at concurrency: Int, timedOneIn: Int = 1,
        serverTime: (BenchServer.Work, _ requests: Double) -> Double = { $0.total / $1 },
        _ body: @escaping @Sendable (Load.Request) async throws -> Void
    ) async throws -> BenchRow {
        progress("\(operation) at \(concurrency)")
        let load = Load(
            operation: operation, requests: requests, concurrency: concurrency, timedOneIn: timedOneIn)
        var (row, work) = try await server.work(on: command) { try await load.measure(body) }
        row.serverUs = serverTime(work, Double(requests))
        return row
    }
}
