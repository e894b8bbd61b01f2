import RedisClient
import Testing

@testable import SessionRepository

@Suite("What must be in the store")
struct StoreMemoryTests {
    private let one = HashSlot(key: "a")
    private let other = HashSlot(key: "b")

    private func memory(until end: Double = 1000) -> StoreMemory {
        var memory = StoreMemory()
        _ = memory.saw(createdAt: 0, until: end, in: one)
        return memory
    }

    @Test("is nothing where nothing was seen")
    func nothing() {
        var memory = StoreMemory()
        let isLost = memory.foundEmpty(slots: { _ in true }, now: 500)
        #expect(!isLost)
        #expect(memory.emptiedAt(now: 500) == nil)
    }

    @Test("is a session until the end of its record, and an empty server has lost it")
    func lost() {
        var memory = memory()
        let isLost = memory.foundEmpty(slots: { _ in true }, now: 500)
        #expect(isLost)
        #expect(memory.emptiedAt(now: 600) == 500)
        // When all would have ended by itself there is nothing to be missed.
        #expect(memory.emptiedAt(now: 1000) == nil)
    }

    @Test("is not what has ended meanwhile")
    func ended() {
        var memory = memory()
        let isLost = memory.foundEmpty(slots: { _ in true }, now: 1000)
        #expect(!isLost)
    }

    @Test("is what the empty server has, not what others have")
    func others() {
        var memory = memory()
        let isLost = memory.foundEmpty(slots: { $0 == other }, now: 500)
        #expect(!isLost)
        _ = memory.saw(createdAt: 0, until: 1000, in: other)
        let isLostNow = memory.foundEmpty(slots: { $0 == other }, now: 500)
        #expect(isLostNow)
        #expect(memory.losses.map(\.slots) == [[other]])
    }

    @Test("is there again once a session from before is found, not when somebody logs in")
    func restored() {
        var memory = memory()
        let isLost = memory.foundEmpty(slots: { _ in true }, now: 500)
        #expect(isLost)
        let isRestored = memory.saw(createdAt: 501, until: 1400, in: one)
        #expect(!isRestored)
        #expect(memory.emptiedAt(now: 600) == 500)
        let isRestoredNow = memory.saw(createdAt: 100, until: 1400, in: one)
        #expect(isRestoredNow)
        #expect(memory.emptiedAt(now: 600) == nil)
    }

    @Test("is lost once, also where new sessions are lost too")
    func again() {
        var memory = memory()
        let isLost = memory.foundEmpty(slots: { _ in true }, now: 500)
        #expect(isLost)
        _ = memory.saw(createdAt: 501, until: 1400, in: one)
        let isLostNow = memory.foundEmpty(slots: { _ in true }, now: 700)
        #expect(!isLostNow)
        #expect(memory.emptiedAt(now: 1200) == 500)
    }
}
