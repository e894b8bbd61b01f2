import RedisClient
import Testing

@testable import SessionRepository

@Suite("URLs of a cluster")
struct ClusterURLTests {
    private func topology(_ url: String) throws -> RedisTopology { try RedisServer(url: url).topology }

    @Test("name some of its nodes, with or without ports")
    func hosts() throws {
        let one = RedisTopology.cluster([.tcp(host: "n1", port: 6379)])
        for url in ["redis+cluster://n1", "redis+cluster://n1/", "redis+cluster://n1/0", "Redis+Cluster://n1"] {
            #expect(try topology(url) == one)
        }
        #expect(
            try topology("redis+cluster://n1:7000,[::1]:7001,[2001:db8::17],n1:7000")
                == .cluster([
                    .tcp(host: "n1", port: 7000), .tcp(host: "::1", port: 7001), .tcp(host: "2001:db8::17", port: 6379),
                ]))
    }

    @Test("carry a user and a password, percent-encoded")
    func credentials() throws {
        let server = try RedisServer(url: "redis+cluster://a%40b:p%2Fw%2C@n1,n2")
        #expect(server.username == "a@b")
        #expect(server.password?.value == "p/w,")
        #expect(server.topology == .cluster([.tcp(host: "n1", port: 6379), .tcp(host: "n2", port: 6379)]))
        #expect(try RedisServer(url: "redis+cluster://:a,b@n1").password?.value == "a,b")
        #expect(try RedisServer(url: "redis+cluster://:hunter2@n1").clientConfiguration.password == Secret("hunter2"))
    }

    @Test(
        "that are wrong are refused, and the refusal does not repeat them",
        arguments: [
            "redis+cluster:", "redis+cluster://", "redis+cluster:///0", "redis+cluster://:hunter2@",
            "redis+cluster://:hunter2@n1/1", "redis+cluster://:hunter2@n1/hunter2", "redis+cluster://:hunter2@n1//",
            "redis+cluster://:hunter2@n1?db=0", "redis+cluster://:hunter2@n1?hunter2=1",
            "redis+cluster://:hunter2@n1?sentinel-password=hunter2", "redis+cluster://:hunter2@n1#0",
            "redis+cluster://:hunter2@n1,", "redis+cluster://:hunter2@,n1", "redis+cluster://:hunter2@n1,,n2",
            "redis+cluster://:hunter2@n1:0", "redis+cluster://:hunter2@n1,n2:65536", "redis+cluster://:hunter2@n1:x",
            "redis+cluster://:hunter2@n1,n2:x", "redis+cluster://hunter2@n1", "redis+cluster://app:@n1",
            "redis+cluster://:hunter2@::1", "redis+cluster://:hunter2@[::1", "redis+cluster://:hunter2@n1 n2",
            "redis+cluster://:hunter2@n1, n2", " redis+cluster://:hunter2@n1",
            "redis+cluster://:hunter2@\(String(repeating: "n", count: 254))", "redis+cluster+x://:hunter2@n1",
        ])
    func wrong(url: String) {
        expectRefusedURL(url)
    }

    /// Only what stands before the last @ can be a log-in: nobody's password may become part of a host or a user.
    @Test(
        "with a log-in in front of each host are refused",
        arguments: [
            "redis+cluster://app:hunter2@n1,app:hunter2@n2", "redis+cluster://n1,app:hunter2@n2",
            "redis+sentinel://app:hunter2@n1,app:hunter2@n2/main", "redis+sentinel://n1,app:hunter2@n2/main",
        ])
    func severalLogIns(url: String) {
        expectRefusedURL(url)
    }

    @Test("with a hundred and one hosts are refused, with a hundred taken")
    func manyHosts() throws {
        let names = (0..<101).map { "n\($0)" }
        #expect(throws: Never.self) {
            try RedisServer(url: "redis+cluster://\(names.dropLast().joined(separator: ","))")
        }
        expectRefusedURL("redis+cluster://:hunter2@\(names.joined(separator: ","))")
    }
}
