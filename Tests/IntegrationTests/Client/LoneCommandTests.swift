import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

/// A single caller at a time: what it sends goes out from its own thread while the loop waits.
@Suite("A caller who is alone", .timeLimit(.minutes(2)))
struct LoneCommandTests {
    /// A client that has just had a reply, so that the loop expects more.
    private func client(of endpoint: RedisEndpoint, timeout: Duration) async throws -> RedisClient {
        let client = try RedisClient.unwrapped(at: endpoint, timeout: timeout)
        for _ in 0..<3 { try await client.send("PING") }
        return client
    }

    @Test("is freed by its deadline, also when that is before the loop would have looked", arguments: [20, 300, 1500])
    func deadline(milliseconds: Int) async throws {
        let node = try FakeNode()
        defer { node.stop() }
        node.answers { $0.first == "GET" ? "" : "+OK\r\n" }
        let client = try await client(of: node.endpoint, timeout: .seconds(20))
        let began = ContinuousClock.now
        await expectDeadline(of: RedisCommand("GET", "x"), after: .milliseconds(milliseconds), on: client)
        let waited = ContinuousClock.now - began
        #expect(waited >= .milliseconds(milliseconds))
        // By its deadline, not by what else wakes the loop: that is half of the usual timeout away.
        #expect(waited < .seconds(9))
        await client.shutdown()
    }

    @Test("is freed at once when it is cancelled, and the next one gets its own reply")
    func cancellation() async throws {
        try await withPrivateServer { server in
            let client = try await client(of: .unixSocket(path: server.unixSocketPath), timeout: .seconds(60))
            for number in 0..<500 {
                let call = Task { try await client.send("ECHO", "\(number)") }
                for _ in 0..<(number % 7) { await Task.yield() }
                call.cancel()
                switch await call.result {
                case .success(let value): #expect(value == .string("\(number)"))
                case .failure(let error): #expect(error as? RedisError == .cancelled)
                }
                #expect(try await client.send("ECHO", "next \(number)") == .string("next \(number)"))
            }
            await client.shutdown()
        }
    }

    @Test("is answered or refused when the client shuts down, at whatever moment")
    func shutdown() async throws {
        try await withPrivateServer { server in
            for round in 0..<100 {
                let client = try await client(of: .unixSocket(path: server.unixSocketPath), timeout: .seconds(60))
                let caller = Task { () -> RedisError? in
                    while true {
                        do throws(RedisError) {
                            try await client.send("PING")
                        } catch {
                            return error
                        }
                    }
                }
                for _ in 0..<(round * 6) { await Task.yield() }
                await client.shutdown()
                #expect(await caller.value == .shutDown)
            }
        }
    }

    @Test("sends what the socket does not take at once, whole and in order")
    func large() async throws {
        try await withPrivateServer(EmbeddedRedisOptions(listensOnPort: true)) { server in
            let port = try #require(server.port)
            let endpoints = [
                RedisEndpoint.unixSocket(path: server.unixSocketPath), .tcp(host: "127.0.0.1", port: UInt16(port)),
            ]
            for endpoint in endpoints {
                let client = try await client(of: endpoint, timeout: .seconds(60))
                for round in 0..<10 {
                    let text = String(repeating: "\(round)", count: 8 << 20)
                    async let set = client.send("SET", "large", text)
                    async let echo = client.send("ECHO", "\(round)")
                    #expect(try await echo == .string("\(round)"))
                    _ = try await set
                    #expect(try await client.send("GET", "large") == .string(text))
                }
                await client.shutdown()
            }
        }
    }

    @Test("is sent again when the server has closed the connection meanwhile")
    func closed() async throws {
        try await withPrivateServer { server in
            let client = try await client(of: .unixSocket(path: server.unixSocketPath), timeout: .seconds(60))
            let other = try await self.client(of: .unixSocket(path: server.unixSocketPath), timeout: .seconds(60))
            for number in 0..<100 {
                try await client.send("PING")
                try await other.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                #expect(try await client.send("ECHO", "\(number)") == .string("\(number)"))
            }
            await client.shutdown()
            await other.shutdown()
        }
    }

    @Test("may go on upon the loop's own thread, also when what it asked before has failed")
    func ownThread() async throws {
        try await withPrivateServer { server in
            let client = try await client(of: .unixSocket(path: server.unixSocketPath), timeout: .seconds(60))
            let killer = try await self.client(of: .unixSocket(path: server.unixSocketPath), timeout: .seconds(60))
            for number in 0..<20 {
                let caller = Task(executorPreference: RunsAtOnce()) {
                    // Nobody ever pushes anything; the connection breaks under it.
                    await #expect(throws: RedisError.outcomeUnknown) {
                        try await client.execute(
                            RedisCommand("BLPOP", "nothing", "0"), isIdempotent: false, decode: { _ in })
                    }
                    return try await client.send("ECHO", "\(number)")
                }
                try await eventually("it waits") {
                    try await killer.send("INFO", "clients").string?.contains("blocked_clients:1") == true
                }
                try await killer.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                #expect(try await caller.value == .string("\(number)"))
            }
            await client.shutdown()
            await killer.shutdown()
        }
    }
}

/// Runs what it is given at once and where it is given: whoever waits for a reply goes on upon the thread that brings it.
private final class RunsAtOnce: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        job.runSynchronously(on: asUnownedTaskExecutor())
    }
}
