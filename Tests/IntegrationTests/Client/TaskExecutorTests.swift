import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

/// Tasks that run on the thread that talks to Redis.
@Suite("The store's thread as an executor", .timeLimit(.minutes(2)))
struct TaskExecutorTests {
    private func withClient(
        of endpoint: RedisEndpoint, _ body: (RedisClient, LoopExecutor) async throws -> Void
    ) async throws {
        let client = try RedisClient.unwrapped(at: endpoint)
        let executor = try #require(client.onlyConnection?.executor)
        do {
            try await body(client, executor)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }

    private func withClient(_ body: (RedisClient, LoopExecutor) async throws -> Void) async throws {
        try await withPrivateServer { server in
            try await withClient(of: .unixSocket(path: server.unixSocketPath), body)
        }
    }

    /// Returns when the loop has ended, and the caller runs elsewhere.
    private static func leave(_ executor: LoopExecutor) async throws {
        try await eventually("the loop has ended") { !executor.isCurrent }
    }

    @Test("A task that prefers it runs there, whatever it waited for, and so do its children")
    func runsThere() async throws {
        try await withClient { client, executor in
            #expect(!executor.isCurrent)
            try await withTaskExecutorPreference(executor) {
                #expect(executor.isCurrent)
                try await client.send("PING")
                #expect(executor.isCurrent)
                // A timer's end, too, comes from elsewhere.
                try await Task.sleep(for: .milliseconds(1))
                #expect(executor.isCurrent)
                try await Task.detached { _ = try await client.send("PING") }.value
                #expect(executor.isCurrent)
                async let child = executor.isCurrent
                #expect(await child)
                #expect(try await inParallel(10) { _ in executor.isCurrent } == Array(repeating: true, count: 10))
            }
            #expect(!executor.isCurrent)
            #expect(await Task(executorPreference: executor) { executor.isCurrent }.value)
        }
    }

    @Test("Tasks there and elsewhere each get their own replies")
    func replies() async throws {
        try await withClient { client, executor in
            let ask: @Sendable (Int) async throws -> Bool = { task in
                for number in 0..<500 {
                    let text = "\(task)-\(number)"
                    guard try await client.send("ECHO", text) == .string(text) else { return false }
                }
                return true
            }
            async let elsewhere = inParallel(8, ask)
            let there = try await withTaskExecutorPreference(executor) {
                try await inParallel(65) { try await ask(100 + $0) }
            }
            #expect(there == Array(repeating: true, count: 65))
            #expect(try await elsewhere == Array(repeating: true, count: 8))
        }
    }

    @Test("A task that only ever yields keeps neither replies nor deadlines waiting")
    func yielding() async throws {
        try await withPrivateServer { server in
            try await withClient(of: .unixSocket(path: server.unixSocketPath)) { client, executor in
                let isDone = Flag()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    // Also when an expectation throws: the group waits for its tasks.
                    defer { isDone.raise() }
                    group.addTask(executorPreference: executor) {
                        while !isDone.isRaised { await Task.yield() }
                    }
                    for number in 0..<100 {
                        #expect(try await client.send("ECHO", "\(number)") == .string("\(number)"))
                    }
                    // Not by the client: the nonce behind its own command would have to wait too.
                    _ = try await server.send(["CLIENT", "PAUSE", "60000"])
                    await expectDeadline(of: RedisCommand("PING"), after: .milliseconds(20), on: client)
                    isDone.raise()
                    try await group.waitForAll()
                }
            }
        }
    }

    /// A second task there computes from before an answer comes until after what the caller, or even the connection, waits.
    @Test("A reply that came while a task computed for long is no timeout", arguments: [1050, 1500])
    func computing(milliseconds: Int) async throws {
        let node = try FakeNode()
        defer { node.stop() }
        let (isAsked, isComputing) = (Flag(), Flag())
        node.answers {
            guard $0.first == "GET" else { return "+OK\r\n" }
            isAsked.raise()
            while !isComputing.isRaised {}
            return "+answer\r\n"
        }
        try await withClient(of: node.endpoint) { client, executor in
            try await client.send("PING")
            try await withTaskExecutorPreference(executor) {
                async let answer = client.execute(
                    RedisCommand("GET", "x"), timeout: .seconds(1), decode: { $0.string })
                while !isAsked.isRaised { await Task.yield() }
                let before = node.answered
                isComputing.raise()
                let end = ContinuousClock.now + .milliseconds(milliseconds)
                while ContinuousClock.now < end || node.answered == before {}
                let text = try await answer
                #expect(text == "answer")
            }
            #expect(node.commands.filter { $0.first == "GET" }.count == 1)
        }
    }

    @Test("A task there outlives the client, and with it the last who knows of the executor")
    func outlives() async throws {
        try await withPrivateServer { server in
            let isGone = Flag()
            var waiting: Task<RedisError?, Never>?
            try await withClient(of: .unixSocket(path: server.unixSocketPath)) { client, executor in
                waiting = Task(executorPreference: executor) { [weak client] in
                    try? await eventually("the client is gone") { isGone.isRaised }
                    do throws(RedisError) {
                        try await client?.send("PING")
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            isGone.raise()
            #expect(await waiting?.value != .timedOut)
        }
    }

    @Test("A task there is freed by its deadline, and at once when it is cancelled")
    func deadlineAndCancellation() async throws {
        let node = try FakeNode()
        defer { node.stop() }
        node.answers { $0.first == "GET" ? "" : "+OK\r\n" }
        try await withClient(of: node.endpoint) { client, executor in
            await withTaskExecutorPreference(executor) {
                await expectDeadline(of: RedisCommand("GET", "x"), after: .milliseconds(20), on: client)
                for yields in 0..<20 {
                    let call = Task(executorPreference: executor) { try await client.send("GET", "x") }
                    for _ in 0..<yields { await Task.yield() }
                    call.cancel()
                    await #expect(throws: RedisError.cancelled) { try await call.value }
                }
            }
        }
    }

    @Test("Tasks there go on when the connection is lost")
    func connectionLost() async throws {
        try await withPrivateServer { server in
            let endpoint = RedisEndpoint.unixSocket(path: server.unixSocketPath)
            try await withClient(of: endpoint) { client, executor in
                try await withClient(of: endpoint) { other, _ in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for task in 0..<16 {
                            group.addTask(executorPreference: executor) {
                                for number in 0..<300 {
                                    let text = "\(task)-\(number)"
                                    #expect(try await client.send("ECHO", text) == .string(text))
                                    if number % 30 == task {
                                        try await other.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                                    }
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                }
            }
        }
    }

    @Test("Tasks that are there at shutdown, or come later, go on elsewhere", arguments: [1, 5, 30])
    func shutdown(tasks: Int) async throws {
        try await withPrivateServer { server in
            for round in 0..<20 {
                try await withClient(of: .unixSocket(path: server.unixSocketPath)) { client, executor in
                    try await client.send("PING")
                    async let ends = withTaskExecutorPreference(executor) {
                        try await inParallel(tasks) { _ in
                            while true {
                                do throws(RedisError) {
                                    try await client.send("PING")
                                } catch {
                                    try await Self.leave(executor)
                                    return error
                                }
                            }
                        }
                    }
                    for _ in 0..<(round * 3) { await Task.yield() }
                    await client.shutdown()
                    #expect(try await ends == Array(repeating: .shutDown, count: tasks))
                    #expect(await Task(executorPreference: executor) { executor.isCurrent }.value == false)
                }
            }
        }
    }

    @Test("A task there may shut the client down, or drop the last of it")
    func shutdownFromThere() async throws {
        try await withPrivateServer { server in
            for isDropped in [false, true] {
                var client: RedisClient? = try .unwrapped(at: .unixSocket(path: server.unixSocketPath))
                let executor = try #require(client?.onlyConnection?.executor)
                try await withTaskExecutorPreference(executor) {
                    _ = try await client?.send("PING")
                    if !isDropped { await client?.shutdown() }
                    client = nil
                    try await Self.leave(executor)
                }
            }
        }
    }

    @Test("Nothing comes back and nothing ends by halves for tasks there")
    func history() async throws {
        let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
        var policy = SessionPolicy()
        policy.reuseInterval = .seconds(3600)
        try await withPrivateStore(policy: policy, configure: { $0.refreshTokenKeys = tokens }) { store, _ in
            for _ in 0..<3 {
                let histories = try await withTaskExecutorPreference(store.repository.taskExecutor) {
                    try await inParallel(8) { _ in try await Scene(repository: store.repository).play() }
                }
                for history in histories { #expect(HistoryChecker.check(history).isEmpty) }
            }
        }
    }

    @Test("A turn that tasks there make long is counted, and logged with how long it took")
    func slowTurn() async throws {
        let (observed, log) = (Observed(), CapturedLog())
        try await withPrivateServer { server in
            var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(url: server.url))
            configuration.commandTimeout = .seconds(20)
            configuration.observability = observed.observability
            let repository = try RedisSessionRepository(configuration: configuration, logger: log.logger)
            try await withTaskExecutorPreference(repository.taskExecutor) {
                _ = try await repository.currentTime()
                let end = ContinuousClock.now + .milliseconds(30)
                while ContinuousClock.now < end {}
                _ = try await repository.currentTime()
            }
            try await eventually("the turn is counted") {
                repository.reportMetrics()
                return observed.total(.slowTurns) >= 1
            }
            try await eventually("the turn is logged") {
                log.text.contains("store_thread.longest_ms")
            }
            await repository.shutdown()
        }
    }

    @Test("A cluster has none")
    func cluster() async throws {
        let server = try RedisServer(url: "redis+cluster://127.0.0.1:1")
        try await withRepository(at: server) { #expect($0.taskExecutor == nil) }
    }
}
