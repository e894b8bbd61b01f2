import RedisClient
import Testing

@testable import SessionRepository

@Suite("URLs of a master that sentinels watch")
struct SentinelURLTests {
    private func topology(_ url: String) throws -> RedisTopology { try RedisServer(url: url).topology }

    private func hosts(_ endpoints: (String, UInt16)...) -> [RedisEndpoint] {
        endpoints.map { .tcp(host: $0.0, port: $0.1) }
    }

    @Test("name the sentinels, with or without ports, and the master")
    func hosts() throws {
        #expect(try topology("redis+sentinel://s1/main") == .sentinel(hosts(("s1", 26_379)), master: "main"))
        #expect(
            try topology("redis+sentinel://s1:7000,10.0.0.2,s3:7002/main")
                == .sentinel(hosts(("s1", 7000), ("10.0.0.2", 26_379), ("s3", 7002)), master: "main"))
        #expect(try topology("REDIS+SENTINEL://s1/Main") == .sentinel(hosts(("s1", 26_379)), master: "Main"))
    }

    @Test("name IPv6 addresses in brackets")
    func ipv6() throws {
        #expect(
            try topology("redis+sentinel://[::1]:7000,[2001:db8::17]/main")
                == .sentinel(hosts(("::1", 7000), ("2001:db8::17", 26_379)), master: "main"))
    }

    @Test("name each sentinel once")
    func duplicates() throws {
        #expect(
            try topology("redis+sentinel://a,b,a:26379,b:1/main")
                == .sentinel(hosts(("a", 26_379), ("b", 26_379), ("b", 1)), master: "main"))
    }

    @Test("carry the log-in for the master, and that for the sentinels, percent-encoded")
    func credentials() throws {
        let server = try RedisServer(
            url: "redis+sentinel://a%40b:p%2Fw%3A%25%2C@s1,s2/main?sentinel-user=w%26x&sentinel-password=y%3D%20z&db=3")
        #expect(server.username == "a@b")
        #expect(server.password?.value == "p/w:%,")
        #expect(server.sentinelUsername == "w&x")
        #expect(server.sentinelPassword?.value == "y= z")
        #expect(server.database == 3)
        #expect(server.topology == .sentinel(hosts(("s1", 26_379), ("s2", 26_379)), master: "main"))
        let configuration = server.clientConfiguration
        #expect(configuration.sentinelUsername == "w&x")
        #expect(configuration.sentinelPassword == Secret("y= z"))
    }

    @Test("need no log-in at all")
    func noCredentials() throws {
        let server = try RedisServer(url: "redis+sentinel://s1/main")
        #expect(server.username == nil && server.password == nil)
        #expect(server.sentinelUsername == nil && server.sentinelPassword == nil)
        #expect(server.database == 0)
        #expect(try RedisServer(url: "redis+sentinel://s/m?sentinel-password=x").sentinelUsername == nil)
    }

    @Test(
        "that are wrong are refused, and the refusal does not repeat them",
        arguments: [
            "redis+sentinel:", "redis+sentinel://", "redis+sentinel:///main", "redis+sentinel://:hunter2@/main",
            "redis+sentinel://:hunter2@s1", "redis+sentinel://:hunter2@s1/", "redis+sentinel://:hunter2@s1,/main",
            "redis+sentinel://:hunter2@,s1/main", "redis+sentinel://:hunter2@s1,,s2/main",
            "redis+sentinel://:hunter2@s1:0/main", "redis+sentinel://:hunter2@s1,s2:65536/main",
            "redis+sentinel://:hunter2@s1:x/main", "redis+sentinel://:hunter2@s1,s2:x/main",
            "redis+sentinel://:hunter2@s1/main?db=x", "redis+sentinel://:hunter2@s1/main?db=-1",
            "redis+sentinel://:hunter2@s1/main?db=", "redis+sentinel://:hunter2@s1/main?db=99999",
            "redis+sentinel://:hunter2@s1/main?db=1&db=2", "redis+sentinel://:hunter2@s1/main?hunter2=1",
            "redis+sentinel://:hunter2@s1/main?sentinel-user=hunter2",
            "redis+sentinel://:hunter2@s1/main?sentinel-password=",
            "redis+sentinel://:hunter2@s1/main?sentinel-password=hunter2&sentinel-password=hunter2",
            "redis+sentinel://hunter2@s1/main", "redis+sentinel://:hunter2@s1/main#x",
            "redis+sentinel://:hunter2@::1/main", "redis+sentinel://:hunter2@[::1/main",
            "redis+sentinel://:hunter2@s1,[::1/main", "redis+sentinel://:hunter2@s1 s2/main",
            "redis+sentinel://:hunter2@s1/ma%20in", "redis+sentinel://:hunter2@s1,%00/main",
            " redis+sentinel://:hunter2@s1/main",
            "redis+sentinel://:hunter2@s1/\(String(repeating: "m", count: 257))",
        ])
    func wrong(url: String) {
        expectRefusedURL(url)
    }

    @Test("with a hundred and one hosts are refused, with a hundred taken")
    func manyHosts() throws {
        let names = (0..<101).map { "s\($0)" }
        #expect(throws: Never.self) {
            try RedisServer(url: "redis+sentinel://\(names.dropLast().joined(separator: ","))/main")
        }
        expectRefusedURL("redis+sentinel://:hunter2@\(names.joined(separator: ","))/main")
    }
}
