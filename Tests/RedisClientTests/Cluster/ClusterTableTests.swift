import Testing

@testable import RedisClient

@Suite("A cluster's table")
struct ClusterTableTests {
    private let former = RedisEndpoint.tcp(host: "a", port: 1)
    private let next = RedisEndpoint.tcp(host: "b", port: 1)
    private let slot = HashSlot(key: "k")

    private func map(_ owner: RedisEndpoint) -> ClusterMap {
        var map = ClusterMap()
        map.assign(slot, to: owner)
        return map
    }

    /// With a slot that is to go to a master that has been told a part of the journal.
    private func table() throws(RedisError) -> ClusterTable<Int> {
        var table = ClusterTable<Int>()
        _ = table.install(map(former), journalSlots: [])
        _ = try table.node(at: next) { 2 }
        _ = table.install(map(next), journalSlots: [slot])
        table.note(told: 7, of: slot, to: next)
        return table
    }

    @Test("goes on with a hand-over where it failed, also when the same map comes again")
    func goesOn() throws {
        var table = try table()
        #expect(table.install(map(next), journalSlots: [slot]).unsettled.count == 1)
        #expect(table.told(slot, to: next) == 7)
        #expect(table.told(slot, to: former) == 0)
    }

    @Test("begins a hand-over anew when the slot was to go elsewhere meanwhile, or was handed over")
    func beginsAnew() throws {
        var moved = try table()
        _ = moved.install(map(former), journalSlots: [slot])
        #expect(moved.told(slot, to: next) == 0)

        var handed = try table()
        _ = handed.finishHandOver(of: slot, to: next, hasMore: false)
        #expect(handed.told(slot, to: next) == 0)
    }
}
