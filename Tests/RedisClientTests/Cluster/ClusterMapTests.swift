import Testing

@testable import RedisClient

@Suite("The map of a cluster")
struct ClusterMapTests {
    private static let node = RedisEndpoint.tcp(host: "10.0.0.1", port: 7000)

    private func map(
        _ slots: String, nodes: String = "", answeredBy node: RedisEndpoint = node,
        addressMap: AddressMap = AddressMap()
    ) throws -> ClusterMap? {
        let answers = try ReceivedReplies.each(in: slots) { ClusterSlots($0) }
        return try #require(answers.first).flatMap {
            ClusterMap([ClusterView($0, ClusterNodes(nodes), answeredBy: node, addressMap: addressMap)])
        }
    }

    private func owner(_ map: ClusterMap?, _ slot: Int) -> RedisEndpoint? {
        HashSlot(slot).flatMap { map?.owner(of: $0) }
    }

    private func node(_ host: String?, _ port: Int, id: String? = nil, ip: String? = nil) -> String {
        let metadata = ip.map { "*2\r\n\(bulk("ip"))\(bulk($0))" } ?? "*0\r\n"
        return "*4\r\n\(host.map(bulk) ?? "$-1\r\n"):\(port)\r\n\(bulk(id ?? "id-\(host ?? "")-\(port)"))\(metadata)"
    }

    private func bulk(_ text: String) -> String { "$\(text.utf8.count)\r\n\(text)\r\n" }

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

    @Test("takes a node whose host is null to be where the one that answers is")
    func missingHost() throws {
        let slots = answer(range(0, 16_383, node(nil, 7001), node(nil, 7002)))
        let map = try map(slots)
        #expect(map?.masters == [.tcp(host: "10.0.0.1", port: 7001)])
        #expect(map?.replicas == [.tcp(host: "10.0.0.1", port: 7002)])
        #expect(try self.map(slots, answeredBy: .unixSocket(path: "/redis")) == nil)
    }

    @Test("reaches a node without a name by the address beside it", arguments: ["?", ""])
    func unknownHost(host: String) throws {
        let slots = answer(
            range(0, 8191, node(host, 7001, id: "n1", ip: "10.0.0.7")), range(8192, 16_383, node(host, 7002, id: "n2")))
        let nodes = """
            n1 10.0.0.9:7001@17001 master - 0 0 1 connected 0-8191
            n2 10.0.0.8:7002@17002,name master - 0 0 2 connected 8192-16383
            """
        let map = try map(slots, nodes: nodes)
        #expect(owner(map, 0) == .tcp(host: "10.0.0.7", port: 7001))
        #expect(owner(map, 8192) == .tcp(host: "10.0.0.8", port: 7002))
    }

    @Test("takes a node that does not know its own address to be where it was asked")
    func ownAddress() throws {
        let slots = answer(range(0, 16_383, node("", 7001, id: "n1")))
        let map = try map(slots, nodes: "n1 :7001@17001 myself,master - 0 0 1 connected 0-16383")
        #expect(owner(map, 0) == .tcp(host: "10.0.0.1", port: 7001))
    }

    @Test("leaves out a node that nobody says how to reach", arguments: ["?", ""])
    func leftOut(host: String) throws {
        let slots = answer(range(0, 8191, node(host, 7001, id: "n1")), range(8192, 16_383, node("b", 2, id: "n2")))
        let map = try map(slots, nodes: "n1 ?:7001@17001 master - 0 0 1 connected 0-8191")
        #expect(owner(map, 0) == nil)
        #expect(owner(map, 8192) == .tcp(host: "b", port: 2))
    }

    @Test("prefers the names that the cluster prefers")
    func preferredNames() throws {
        let slots = answer(range(0, 16_383, node("redis-1.example", 6379, id: "n1", ip: "10.0.0.7")))
        let map = try map(
            slots, nodes: "n1 10.0.0.7:6379@16379,redis-1.example myself,master - 0 0 1 connected 0-16383")
        #expect(map?.masters == [.tcp(host: "redis-1.example", port: 6379)])
    }

    @Test("leads to where announced addresses are reached from here")
    func addressMap() throws {
        var addresses = AddressMap()
        addresses.add(.tcp(host: "10.0.0.7", port: 6379), reachedAt: .tcp(host: "localhost", port: 17_001))
        let slots = answer(range(0, 16_383, node("10.0.0.7", 6379, id: "n1"), node("10.0.0.8", 6379, id: "n2")))
        let map = try map(slots, addressMap: addresses)
        #expect(map?.masters == [.tcp(host: "localhost", port: 17_001)])
        #expect(map?.replicas == [.tcp(host: "10.0.0.8", port: 6379)])
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
