import EmbeddedRedis
import RedisClient

/// Callers that come at a fixed rate, each once, whatever became of those before.
struct OpenLoop {
    struct Call {
        /// Since the beginning.
        let asked: Duration
        let took: Duration
        /// `nil` when it was answered.
        let error: RedisError?
    }

    let client: RedisClient
    let arrivalsPerMillisecond: Int
    let command: RedisCommand

    func run(for duration: Duration) async -> [Call] {
        let start = ContinuousClock.now
        return await withTaskGroup(of: Call.self) { group in
            var begun = 0
            while ContinuousClock.now - start < duration {
                let due = Int((ContinuousClock.now - start) / .milliseconds(1)) * arrivalsPerMillisecond
                while begun < due {
                    group.addTask { await ask(since: start) }
                    begun += 1
                }
                try? await Task.sleep(for: .milliseconds(1))
            }
            var calls: [Call] = []
            for await call in group { calls.append(call) }
            return calls
        }
    }

    private func ask(since start: ContinuousClock.Instant) async -> Call {
        let begin = ContinuousClock.now
        var failure: RedisError?
        do throws(RedisError) {
            try await client.execute(command) { _ in }
        } catch {
            failure = error
        }
        return Call(asked: begin - start, took: ContinuousClock.now - begin, error: failure)
    }
}

/// A real server that sleeps for each command that it is told to.
struct SlowServer {
    let server: EmbeddedRedis

    static func run(_ body: (SlowServer) async throws -> Void) async throws {
        // Before Redis 7 DEBUG needs no permission, and the setting is unknown.
        let allowing = EmbeddedRedisOptions(configuration: ["enable-debug-command yes"])
        let server: EmbeddedRedis
        if let allowed = try? await EmbeddedRedis.start(allowing) {
            server = allowed
        } else {
            server = try await EmbeddedRedis.start(EmbeddedRedisOptions())
        }
        do {
            try await body(SlowServer(server: server))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    static func command(sleeping seconds: Double) -> RedisCommand { RedisCommand("DEBUG", "SLEEP", "\(seconds)") }

    /// How many such commands it carries out in a second, asked by as many tasks as it needs to have enough to do.
    func capacity(of command: RedisCommand, for duration: Duration) async throws -> Double {
        let client = try RedisClient.unwrapped(at: .unixSocket(path: server.unixSocketPath))
        let start = ContinuousClock.now
        let counts = try await inParallel(64) { _ in
            var count = 0
            while ContinuousClock.now - start < duration {
                try await client.execute(command) { _ in }
                count += 1
            }
            return count
        }
        let elapsed = ContinuousClock.now - start
        await client.shutdown()
        return Double(counts.reduce(0, +)) / (elapsed / .seconds(1))
    }
}
