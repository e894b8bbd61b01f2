import Testing

@testable import RedisClient

@Suite("The wakeup pipe")
struct WakeupTests {
    @Test("is silent until it is signalled, and after it is drained")
    func signalAndDrain() throws {
        let wakeup = try #require(Wakeup())
        defer { wakeup.close() }
        #expect(!wakeup.isSignalled(within: 0))
        wakeup.signal()
        #expect(wakeup.isSignalled(within: 0))
        wakeup.drain()
        #expect(!wakeup.isSignalled(within: 0))
    }

    @Test("never blocks, however often it is signalled")
    func full() throws {
        let wakeup = try #require(Wakeup())
        defer { wakeup.close() }
        for _ in 0..<100_000 { wakeup.signal() }
        #expect(wakeup.isSignalled(within: 0))
        wakeup.drain()
        #expect(!wakeup.isSignalled(within: 0))
    }
}
