import Testing

@testable import RedisClient

@Suite("An address map")
struct AddressMapTests {
    private static let announced = RedisEndpoint.tcp(host: "10.0.0.5", port: 6379)
    private static let reachable = RedisEndpoint.tcp(host: "redis.example", port: 17_001)

    @Test("leads from the announced address of a server to where it is reached")
    func servers() {
        var map = AddressMap()
        map.add(Self.announced, reachedAt: Self.reachable)
        #expect(map.reachable(Self.announced) == Self.reachable)
        for other in [RedisEndpoint.tcp(host: "10.0.0.5", port: 6380), Self.reachable, .unixSocket(path: "/a")] {
            #expect(map.reachable(other) == other)
        }
    }

    @Test("leads from a host to another one, for every port without an entry of its own")
    func hosts() {
        var map = AddressMap()
        map.add(host: "Node-1", reachedAt: "localhost")
        map.add(.tcp(host: "node-1", port: 2), reachedAt: .tcp(host: "other", port: 3))
        #expect(map.reachable(.tcp(host: "NODE-1", port: 1)) == .tcp(host: "localhost", port: 1))
        #expect(map.reachable(.tcp(host: "node-1", port: 2)) == .tcp(host: "other", port: 3))
    }

    @Test("without an entry leaves every address as it is")
    func empty() {
        #expect(AddressMap().isEmpty)
        #expect(AddressMap().reachable(Self.announced) == Self.announced)
    }
}
