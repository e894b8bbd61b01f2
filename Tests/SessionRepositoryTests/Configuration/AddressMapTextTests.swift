import RedisClient
import Testing

@testable import SessionRepository

@Suite("The text of an address map")
struct AddressMapTextTests {
    private func endpoint(_ host: String, _ port: UInt16) -> RedisEndpoint { .tcp(host: host, port: port) }

    @Test("has servers and hosts, by name and by address of both families")
    func entries() throws {
        let map = try AddressMap([
            "10.0.0.5:6379": "redis.example:17001", "10.0.0.6": "redis.example", "[2001:db8::5]:6379": "[::1]:7001",
            "2001:db8::6": "localhost",
        ])
        #expect(map.reachable(endpoint("10.0.0.5", 6379)) == endpoint("redis.example", 17_001))
        #expect(map.reachable(endpoint("10.0.0.6", 7)) == endpoint("redis.example", 7))
        #expect(map.reachable(endpoint("2001:db8::5", 6379)) == endpoint("::1", 7001))
        #expect(map.reachable(endpoint("2001:db8::6", 8)) == endpoint("localhost", 8))
    }

    @Test(
        "is refused where an entry makes no sense, without a word of it",
        arguments: [
            ["": "b:1"], ["a:1": ""], ["a:1": "b"], ["a": "b:1"], ["a:0": "b:1"], ["a:65536": "b:1"], ["a:x": "b:1"],
            ["a b:1": "b:1"], ["g:1:2": "b"], ["a": "redis://:s3cret@redis.example:6379"], ["a": "b/c"],
            ["a@b:1": "b:1"],
            ["Node-1": "a", "node-1": "b"], [":1": "b:1"], ["[::1": "b"], ["[::1]x": "b"],
        ])
    func nonsense(entries: [String: String]) throws {
        var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(host: "127.0.0.1"))
        configuration.addressMap = entries
        let refused = refusal { () throws(SessionRepositoryError) in try configuration.validate() }
        #expect(refused?.name == "addressMap")
    }

    @Test("can be a list of announced=reachable")
    func list() throws {
        #expect(try AddressMap.entries(["a:1 = b:2", " c=d ", ""]) == ["a:1": "b:2", "c": "d"])
        for bad in [["a"], ["a=b=c"], ["a=b", "a=c"]] {
            let refused = refusal { () throws(SessionRepositoryError) in _ = try AddressMap.entries(bad) }
            #expect(refused?.name == "addressMap")
        }
    }
}
