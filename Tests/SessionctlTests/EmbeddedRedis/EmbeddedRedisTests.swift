import EmbeddedRedis
import Foundation
import Testing

@Suite("An embedded Redis", .timeLimit(.minutes(2)))
struct EmbeddedRedisTests {
    /// What `redis-cli` says to these arguments on the server's Unix socket.
    private func ask(_ redis: EmbeddedRedis, _ arguments: String...) async throws -> String {
        let result = try await runCommand("redis-cli", ["-s", redis.unixSocketPath] + arguments)
        return result.standardOutput.trimmingCharacters(in: .newlines)
    }

    /// Runs `body` on a server of its own and looks whether it leaves nothing behind.
    private func withRedis(
        _ options: EmbeddedRedisOptions = EmbeddedRedisOptions(), _ body: (EmbeddedRedis) async throws -> Void
    ) async throws {
        var directory = "/"
        try await withEmbeddedRedis(options) { redis in
            directory = redis.directory
            try await body(redis)
        }
        #expect(!FileManager.default.fileExists(atPath: directory))
    }

    @Test("answers on its Unix socket only, with the memory settings of production")
    func defaults() async throws {
        try await withRedis { redis in
            #expect(redis.port == nil)
            #expect(redis.url == "redis+unix://\(redis.unixSocketPath)")
            let settings = EmbeddedRedisOptions.memorySettings.merging(["port": "0"]) { $1 }
            for (setting, value) in settings {
                let answer = try await ask(redis, "CONFIG", "GET", setting)
                #expect(answer == "\(setting)\n\(value)")
            }
        }
    }

    @Test("has a directory that no other user can enter")
    func privateDirectory() async throws {
        try await withRedis { redis in
            let attributes = try FileManager.default.attributesOfItem(atPath: redis.directory)
            #expect(attributes[.posixPermissions] as? Int == 0o700)
        }
    }

    @Test("listens on a free port of its own when asked to")
    func ports() async throws {
        let options = EmbeddedRedisOptions(listensOnPort: true)
        try await withRedis(options) { first in
            try await withRedis(options) { second in
                let ports = try [#require(first.port), #require(second.port)]
                #expect(ports[0] != ports[1])
                for port in ports {
                    let answer = try await runCommand("redis-cli", ["-p", "\(port)", "PING"])
                    #expect(answer.standardOutput == "PONG\n")
                }
            }
        }
    }

    @Test("takes a password of any characters, which is in no process' arguments")
    func password() async throws {
        let password = "s3cret \"\\@/:"
        try await withRedis(EmbeddedRedisOptions(password: password)) { redis in
            #expect(try await ask(redis, "PING").contains("NOAUTH"))
            let answer = try await runCommand(
                "redis-cli", ["-s", redis.unixSocketPath, "PING"], environment: ["REDISCLI_AUTH": password])
            #expect(answer.standardOutput == "PONG\n")
            #expect(redis.url.hasPrefix("redis+unix://:s3cret%20%22%5C%40%2F%3A@/"))
            #if os(Linux)
            let arguments = try #require(FileManager.default.contents(atPath: "/proc/\(redis.processID)/cmdline"))
            #expect(!String(decoding: arguments, as: UTF8.self).contains("s3cret"))
            #endif
        }
    }

    @Test("comes back on the same socket and port, with its data when it keeps a file")
    func restart() async throws {
        let options = EmbeddedRedisOptions(listensOnPort: true, appendOnly: true)
        try await withRedis(options) { redis in
            let (url, process) = (redis.url, redis.processID)
            #expect(try await ask(redis, "SET", "k", "v") == "OK")
            try await redis.kill()
            #expect(!redis.isRunning)
            #expect(try await ask(redis, "PING").isEmpty)
            try await redis.restart()
            #expect(redis.isRunning)
            #expect(redis.processID != process)
            #expect(redis.url == url)
            #expect(try await ask(redis, "GET", "k") == "v")
            try await redis.restart()
            #expect(try await ask(redis, "GET", "k") == "v")
        }
    }

    @Test("can be stopped and continued by signals, and killed while stopped")
    func signals() async throws {
        try await withRedis { redis in
            redis.signal(SIGSTOP)
            #expect(redis.isRunning)
            redis.signal(SIGCONT)
            #expect(try await ask(redis, "PING") == "PONG")
            redis.signal(SIGSTOP)
            try await redis.kill()
            #expect(!redis.isRunning)
        }
    }

    @Test("stops once, and afterwards refuses to restart")
    func stopTwice() async throws {
        let redis = try await EmbeddedRedis.start()
        let process = redis.processID
        await redis.stop()
        await redis.stop()
        #expect(kill(process, 0) == -1)
        #expect(redis.processID == 0)
        await #expect(throws: EmbeddedRedisError.stopped) { try await redis.restart() }
        await #expect(throws: EmbeddedRedisError.stopped) { try await redis.kill() }
    }

    @Test("that cannot start says why, at once, and leaves nothing behind")
    func doesNotStart() async throws {
        let start = ContinuousClock.now
        let error = await #expect(throws: EmbeddedRedisError.self) {
            try await EmbeddedRedis.start(EmbeddedRedisOptions(configuration: ["no-such-setting yes"]))
        }
        guard case .didNotStart(let log) = error else {
            Issue.record("unexpected \(String(describing: error))")
            return
        }
        #expect(log.contains("no-such-setting"))
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test("that nobody refers to any more is gone")
    func deinitialized() async throws {
        var redis: EmbeddedRedis? = try await EmbeddedRedis.start()
        let directory = try #require(redis?.directory)
        let process = try #require(redis?.processID)
        redis = nil
        await eventually("server and directory are gone") {
            kill(process, 0) == -1 && !FileManager.default.fileExists(atPath: directory)
        }
    }
}
