import RedisClient
import Testing

@testable import SessionRepository

@Suite("Several servers' addresses")
struct RedisServerListTests {
    private typealias Hosts = [(host: String, port: Int)]

    private func sentinels(_ hosts: Hosts, _ name: String = "main") -> String? {
        refusal { () throws(SessionRepositoryError) in _ = try RedisServer(sentinels: hosts, masterName: name) }?.name
    }

    private func cluster(_ hosts: Hosts) -> String? {
        refusal { () throws(SessionRepositoryError) in _ = try RedisServer(cluster: hosts) }?.name
    }

    @Test("are kept in their order, each once")
    func order() throws {
        let hosts: Hosts = [("b", 2), ("a", 1), ("b", 2), ("::1", 1)]
        let endpoints: [RedisEndpoint] = [
            .tcp(host: "b", port: 2), .tcp(host: "a", port: 1), .tcp(host: "::1", port: 1),
        ]
        #expect(try RedisServer(cluster: hosts).topology == .cluster(endpoints))
        let watched = try RedisServer(sentinels: hosts, masterName: "main")
        #expect(watched.topology == .sentinel(endpoints, master: "main"))
        #expect(watched.endpoint == nil)
        #expect(try RedisServer(cluster: hosts).endpoint == nil)
    }

    @Test("are one to a hundred")
    func number() {
        let hosts: Hosts = (1...101).map { ("h", $0) }
        for (good, count) in [(true, 1), (true, 100), (false, 0), (false, 101)] {
            #expect(sentinels(Array(hosts.prefix(count))) == (good ? nil : "Redis hosts"))
            #expect(cluster(Array(hosts.prefix(count))) == (good ? nil : "Redis hosts"))
        }
    }

    @Test("are each a host that can be, and a port from 1 to 65535")
    func parts() {
        for bad in ["", " ", "a b", "a\0b", "a\nb", String(repeating: "x", count: 254)] {
            #expect(sentinels([("a", 1), (bad, 1)]) == "Redis host")
            #expect(cluster([("a", 1), (bad, 1)]) == "Redis host")
        }
        for bad in [0, -1, 65_536, .max, .min] {
            #expect(sentinels([("a", 1), ("b", bad)]) == "Redis port")
            #expect(cluster([("a", 1), ("b", bad)]) == "Redis port")
        }
    }

    @Test("of sentinels come with the name of a master")
    func masterName() {
        for good in ["m", "my-master.eu_1", String(repeating: "m", count: 256)] {
            #expect(sentinels([("a", 1)], good) == nil)
        }
        for bad in ["", " ", "my master", "m\n", "m\t", String(repeating: "m", count: 257)] {
            #expect(sentinels([("a", 1)], bad) == "Redis master name")
        }
    }

    @Test("of sentinels come with a database that can exist, a cluster's with none")
    func database() throws {
        let server = try RedisServer(sentinels: [("a", 1)], masterName: "m", database: 5)
        #expect(server.database == 5)
        #expect(try RedisServer(cluster: [("a", 1)]).database == 0)
        let refusal = refusal { () throws(SessionRepositoryError) in
            _ = try RedisServer(sentinels: [("a", 1)], masterName: "m", database: -1)
        }
        #expect(refusal?.name == "Redis database")
    }

    @Test("are described without any user or password")
    func description() throws {
        let watched = try RedisServer(url: "redis+sentinel://app:hunter2@a,[::1]:7/m?sentinel-password=hunter2&db=2")
        #expect("\(watched)" == "a:26379,[::1]:7/m/2")
        #expect("\(try RedisServer(url: "redis+cluster://app:hunter2@a,b:7"))" == "a:6379,b:7")
    }

    @Test("show their passwords in no text that Swift makes of them")
    func secrecy() throws {
        let watched = try RedisServer(
            sentinels: [("a", 1)], masterName: "m", username: "app", password: "hunter2", sentinelUsername: "w",
            sentinelPassword: "hunter2")
        let cluster = try RedisServer(cluster: [("a", 1)], username: "app", password: "hunter2")
        for value in [
            watched, cluster, RedisSessionRepositoryConfiguration(server: watched), watched.clientConfiguration,
        ] as [Any] {
            var dumped = ""
            dump(value, to: &dumped)
            for text in [dumped, "\(value)", String(reflecting: value)] { #expect(!text.contains("hunter2")) }
        }
    }
}
