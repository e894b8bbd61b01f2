import Testing

@testable import RedisClient

@Suite("The map of a cluster")
struct ClusterMapTests {
    private static let node = RedisEndpoint.tcp(host: "10.0.0.1", port: 7000)

    private func map(_ slots: String, answeredBy node: RedisEndpoint = node) throws -> ClusterMap? {
        let maps = try ReceivedReplies.each(in: slots) { ClusterMap(slots: $0, answeredBy: node) }
        return try #require(maps.first)
    }

    private func owner(_ map: ClusterMap?, _ slot: Int) -> RedisEndpoint? {
        HashSlot(slot).flatMap { map?.owner(of: $0) }
    }

    private func node(_ host: String?, _ port: Int) -> String {
        "*3\r\n\(host.map { "$\($0.utf8.count)\r\n\($0)\r\n" } ?? "$-1\r\n"):\(port)\r\n$2\r\nid\r\n"
    }

    private func range(_ first: Int, _ last: Int, _ nodes: String...) -> String {
        "*\(2 + nodes.count)\r\n:\(first)\r\n:\(last)\r\n" + nodes.joined()
    }

    private func answer(_ ranges: String...) -> String { "*\(ranges.count)\r\n" + ranges.joined() }

    @Test("has the master of each slot, and knows the replicas")
    func honest() throws {
        let map = try map(
            answer(
                range(0, 8191, node("a", 1), node("b", 2)), range(8192, 16_382, node("c", 3), node("d", 4)),
                range(16_383, 16_383, node("a", 1), node("b", 2))))
        #expect(map?.masters == [.tcp(host: "a", port: 1), .tcp(host: "c", port: 3)])
        #expect(map?.replicas == [.tcp(host: "b", port: 2), .tcp(host: "d", port: 4)])
        for slot in [0, 8191, 16_383] { #expect(owner(map, slot) == .tcp(host: "a", port: 1)) }
        for slot in [8192, 16_382] { #expect(owner(map, slot) == .tcp(host: "c", port: 3)) }
    }

    @Test("may have gaps")
    func gaps() throws {
        let map = try map(answer(range(5, 6, node("a", 1))))
        #expect(owner(map, 5) == .tcp(host: "a", port: 1))
        for slot in [0, 4, 7, 16_383] { #expect(owner(map, slot) == nil) }
    }

    @Test("takes a node without a host to be where the one that answers is", arguments: [nil, "", "?"])
    func missingHost(host: String?) throws {
        let slots = answer(range(0, 16_383, node(host, 7001), node(host, 7002)))
        let map = try map(slots)
        #expect(map?.masters == [.tcp(host: "10.0.0.1", port: 7001)])
        #expect(map?.replicas == [.tcp(host: "10.0.0.1", port: 7002)])
        #expect(try self.map(slots, answeredBy: .unixSocket(path: "/redis")) == nil)
    }

    @Test("passes over the ranges that make no sense")
    func partlyNonsense() throws {
        let map = try map(
            answer(
                range(-1, 3, node("x", 1)), range(9, 8, node("x", 1)), range(0, 16_384, node("x", 1)),
                range(.min, .max, node("x", 1)), range(0, 1, node("x", 0)), range(0, 1, node("x", 65_536)),
                range(0, 1, node("x", -1)), range(0, 1), "*0\r\n", ":7\r\n", "*-1\r\n", "-ERR no\r\n",
                "*3\r\n+0\r\n+1\r\n\(node("x", 1))", "*3\r\n:0\r\n:1\r\n:2\r\n", "*3\r\n:0\r\n:1\r\n*0\r\n",
                range(7, 7, node("a", 1), ":1\r\n", "*1\r\n*0\r\n", node("b", 99_999))))
        #expect(map?.masters == [.tcp(host: "a", port: 1)])
        #expect(map?.replicas == [])
        #expect(owner(map, 7) == .tcp(host: "a", port: 1))
        #expect(owner(map, 0) == nil)
    }

    @Test(
        "is none where no slot is named",
        arguments: [
            "*0\r\n", "*-1\r\n", "$-1\r\n", "+OK\r\n", ":1\r\n", "$3\r\nabc\r\n", "*1\r\n*0\r\n",
            "*2\r\n*1\r\n*1\r\n*1\r\n*0\r\n:1\r\n", "*1\r\n*3\r\n:0\r\n:1\r\n$-1\r\n",
        ])
    func nothing(text: String) throws {
        #expect(try map(text) == nil)
    }

    @Test("changes for one slot when a node says so")
    func assignment() throws {
        var map = try #require(try map(answer(range(0, 16_383, node("a", 1)))))
        let slot = try #require(HashSlot(12))
        map.assign(slot, to: .tcp(host: "b", port: 2))
        #expect(owner(map, 12) == .tcp(host: "b", port: 2))
        #expect(owner(map, 11) == .tcp(host: "a", port: 1))
        map.assign(slot, to: .tcp(host: "a", port: 1))
        #expect(owner(map, 12) == .tcp(host: "a", port: 1))
        #expect(map.masters.count == 2)
        #expect(HashSlot(12).flatMap { ClusterMap().owner(of: $0) } == nil)
    }
}
