import Testing

@testable import RedisClient

/// On the thread of an event loop, where nobody else gets a word in meanwhile.
@Suite("The map of a cluster that lies", .timeLimit(.minutes(1)))
struct HostileClusterMapTests {
    private func read(_ ranges: (Int) -> (first: Int, last: Int, host: String)) throws -> (ClusterMap?, Duration) {
        let ranges = (0..<70_000).map { number in
            let (first, last, host) = ranges(number)
            return "*3\r\n:\(first)\r\n:\(last)\r\n*2\r\n$\(host.utf8.count)\r\n\(host)\r\n:6379\r\n"
        }
        let read = try ReceivedReplies.each(in: "*70000\r\n" + ranges.joined()) { reply in
            var map: ClusterMap?
            let clock = ContinuousClock()
            let time = clock.measure {
                if let slots = ClusterSlots(reply) {
                    map = ClusterMap([ClusterView(slots, answeredBy: .unixSocket(path: "/redis"))])
                }
            }
            return (map, time)
        }
        return try #require(read.first)
    }

    @Test("is read in no time though it has 70,000 masters")
    func manyMasters() throws {
        let (map, time) = try read { (first: 0, last: 0, host: "10.0.\($0 / 256).\($0 % 256)") }
        #expect(time < .seconds(10))
        #expect((map?.masters.count ?? 0) <= HashSlot.count)
    }

    @Test("is read in no time though each of 70,000 ranges has all slots")
    func overlap() throws {
        let (map, time) = try read { (first: 0, last: 16_383, host: "h\($0 % 2)") }
        #expect(time < .seconds(10))
        #expect(HashSlot(0).flatMap { map?.owner(of: $0) } != nil)
    }
}
