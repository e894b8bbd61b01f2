import Testing

@testable import RedisClient

@Suite("Slow turns of the store's thread")
struct SlowTurnsTests {
    private let start = MonotonicTime(nanoseconds: 1 << 40)

    @Test("are logged at once, and then every ten seconds with how many there were and the longest")
    func reports() {
        var turns = SlowTurns()
        #expect(turns.note(.milliseconds(11), now: start) == .init(count: 1, longest: .milliseconds(11)))
        #expect(turns.note(.milliseconds(40), now: start + .seconds(1)) == nil)
        #expect(turns.note(.milliseconds(12), now: start + .seconds(9)) == nil)
        #expect(
            turns.note(.milliseconds(20), now: start + .seconds(10)) == .init(count: 3, longest: .milliseconds(40)))
        #expect(turns.note(.milliseconds(15), now: start + .seconds(11)) == nil)
    }
}
