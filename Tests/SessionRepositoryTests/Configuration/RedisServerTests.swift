import RedisClient
import Testing

@testable import SessionRepository

@Suite("A Redis server's address")
struct RedisServerTests {
    private func refused(_ body: () throws(SessionRepositoryError) -> RedisServer) -> String? {
        refusal { () throws(SessionRepositoryError) in _ = try body() }?.name
    }

    @Test("has a port from 1 to 65535, 6379 where none is given")
    func port() throws {
        #expect(try RedisServer(host: "h").endpoint == .tcp(host: "h", port: 6379))
        #expect(try RedisServer(host: "h", port: 65_535).endpoint == .tcp(host: "h", port: 65_535))
        for bad in [0, -1, 65_536, .max] {
            #expect(
                refused { () throws(SessionRepositoryError) in try RedisServer(host: "h", port: bad) } == "Redis port")
        }
    }

    @Test("has a host without spaces and control characters")
    func host() {
        for bad in ["", " ", "a b", "a\0b", "a\nb", "a\u{7F}", String(repeating: "x", count: 254)] {
            #expect(refused { () throws(SessionRepositoryError) in try RedisServer(host: bad) } == "Redis host")
        }
    }

    @Test("has a socket path that the kernel can take")
    func path() throws {
        let longest = String(repeating: "x", count: 103)
        #expect(try RedisServer(unixSocketPath: longest).endpoint == .unixSocket(path: longest))
        for bad in ["", longest + "x", "a\0b"] {
            let name = refused { () throws(SessionRepositoryError) in try RedisServer(unixSocketPath: bad) }
            #expect(name == "Redis socket path")
        }
    }

    @Test("has a database that can exist")
    func database() throws {
        #expect(try RedisServer(host: "h", database: 16_383).database == 16_383)
        for bad in [-1, 16_384, .max, .min] {
            let name = refused { () throws(SessionRepositoryError) in try RedisServer(host: "h", database: bad) }
            #expect(name == "Redis database")
        }
    }

    @Test("describes itself without user and password")
    func description() throws {
        #expect("\(try RedisServer(url: "redis://app:hunter2@h:7000/3"))" == "h:7000/3")
        #expect("\(try RedisServer(url: "redis://app:hunter2@[::1]"))" == "[::1]:6379")
        #expect("\(try RedisServer(url: "redis+unix://:hunter2@/run/redis.sock"))" == "/run/redis.sock")
    }

    @Test("shows its password in no text that Swift makes of it")
    func secrecy() throws {
        let server = try RedisServer(host: "h", username: "app", password: "hunter2")
        let configuration = RedisSessionRepositoryConfiguration(server: server)
        for value in [server, configuration] as [Any] {
            var dumped = ""
            dump(value, to: &dumped)
            for text in [dumped, "\(value)", String(reflecting: value)] { #expect(!text.contains("hunter2")) }
        }
    }
}
