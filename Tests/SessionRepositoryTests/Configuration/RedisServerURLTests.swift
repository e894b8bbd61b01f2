import RedisClient
import Testing

@testable import SessionRepository

@Suite("Redis URLs")
struct RedisServerURLTests {
    private func check(
        _ url: String, _ endpoint: RedisEndpoint, user: String? = nil, password: String? = nil, database: Int = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let server = try RedisServer(url: url)
        #expect(server.endpoint == endpoint, sourceLocation: sourceLocation)
        #expect(server.username == user, sourceLocation: sourceLocation)
        #expect(server.password?.value == password, sourceLocation: sourceLocation)
        #expect(server.database == database, sourceLocation: sourceLocation)
    }

    @Test("name a host, with or without port and database")
    func tcp() throws {
        try check("redis://localhost", .tcp(host: "localhost", port: 6379))
        try check("redis://localhost/", .tcp(host: "localhost", port: 6379))
        try check("redis://redis.example:7000", .tcp(host: "redis.example", port: 7000))
        try check("redis://10.0.0.1:7000/5", .tcp(host: "10.0.0.1", port: 7000), database: 5)
        try check("redis://localhost/15", .tcp(host: "localhost", port: 6379), database: 15)
        try check("REDIS://localhost", .tcp(host: "localhost", port: 6379))
    }

    @Test("name an IPv6 address in brackets")
    func ipv6() throws {
        try check("redis://[::1]", .tcp(host: "::1", port: 6379))
        try check("redis://[2001:db8::17]:7000/2", .tcp(host: "2001:db8::17", port: 7000), database: 2)
    }

    @Test("carry a user and a password, percent-encoded")
    func credentials() throws {
        let host = RedisEndpoint.tcp(host: "h", port: 6379)
        try check("redis://app:hunter2@h", host, user: "app", password: "hunter2")
        try check("redis://:hunter2@h", host, password: "hunter2")
        try check("redis://a%40b:p%2Fw%3A%25%20%C3%A9@h", host, user: "a@b", password: "p/w:% é")
        try check("redis://app:a:b@h", host, user: "app", password: "a:b")
        try check("redis://h", host)
    }

    @Test("name a Unix socket")
    func unix() throws {
        try check("redis+unix:///run/redis.sock", .unixSocket(path: "/run/redis.sock"))
        try check("redis+unix:///run/redis.sock?db=3", .unixSocket(path: "/run/redis.sock"), database: 3)
        try check(
            "redis+unix://app:hunter2@/run/redis.sock", .unixSocket(path: "/run/redis.sock"), user: "app",
            password: "hunter2")
        try check("redis+unix:///run/a%20b.sock", .unixSocket(path: "/run/a b.sock"))
    }

    @Test(
        "that are wrong are refused, and the refusal does not repeat them",
        arguments: [
            "", "hunter2", "hunter2:6379", "http://:hunter2@h", "redis:", "redis://", "redis:///0", "redis://:hunter2@",
            "redis://hunter2@h", "redis://app:@h", "redis://:hunter2@h/x", "redis://:hunter2@h/-1",
            "redis://:hunter2@h/1/2",
            "redis://:hunter2@h/99999", "redis://:hunter2@h:0", "redis://:hunter2@h:65536", "redis://:hunter2@h:x",
            "redis://:hunter2@h?db=1", "redis://:hunter2@h#1", "redis://:hunter2@h h",
            "redis+unix://:hunter2@", "redis+unix://:hunter2@host/path", "redis+unix://:hunter2@/p?db=x",
            "redis+unix://:hunter2@/p?hunter2=1", "redis+unix://:hunter2@/p?db=1&db=2", "redis://:hunter2@%00",
            "redis://:hunter2@\(String(repeating: "x", count: 254))",
            "redis+unix:///\(String(repeating: "x", count: 103))",
            "redis://[::1", " redis://:hunter2@h", "redis+unix:///a%00b",
        ])
    func wrong(url: String) {
        do throws(SessionRepositoryError) {
            let server = try RedisServer(url: url)
            Issue.record("was accepted as \(server)")
        } catch {
            #expect(error.code == "invalidConfiguration")
            #expect(!error.description.contains("hunter2"), "\(error)")
            #expect(!String(reflecting: error).contains("hunter2"))
        }
    }
}
