import Testing

@testable import RedisClient

@Suite("Cancelling")
struct CancellationTests {
    @Test("what waits leaves without a trace")
    func waiting() {
        let harness = MachineHarness()
        harness.submit(1)
        harness.submit(2, bytes: 7)
        harness.machine.cancel([2])
        #expect(harness.steps() == [.fail(2, .cancelled), .resolve])
        #expect(harness.machine.takeReleased() == (1, 7))
        harness.machine.resolved(addressCount: 1)
        _ = harness.steps()
        harness.machine.connected(handshakeReplies: 0, now: harness.now)
        #expect(harness.steps() == [.send(1)])
    }

    @Test("what was sent frees its caller and keeps its place")
    func sent() {
        let harness = MachineHarness.ready()
        for id in 1...3 { harness.submit(id) }
        _ = harness.steps()
        harness.machine.cancel([2])
        #expect(harness.steps() == [.fail(2, .cancelled)])
        #expect([harness.reply(), harness.reply(), harness.reply()] == [.reply(1), .late(2), .reply(3)])
    }

    @Test("a given-up command still counts against the window")
    func window() {
        let harness = MachineHarness.ready(window: 1)
        harness.submit(1)
        harness.submit(2)
        _ = harness.steps()
        harness.machine.cancel([1])
        #expect(harness.steps() == [.fail(1, .cancelled)])
        #expect(harness.reply() == .late(1))
        #expect(harness.steps() == [.send(2)])
    }

    @Test("a given-up command is not sent again")
    func notRetried() {
        let harness = MachineHarness.ready()
        harness.submit(1)
        harness.submit(2)
        _ = harness.steps()
        harness.machine.cancel([1])
        _ = harness.steps()
        harness.lose()
        #expect(harness.machine.takeReleased() == (1, 10))
        harness.advance(.milliseconds(50))
        #expect(harness.connect() == [.send(2)])
    }

    @Test("twice, or of something unknown, changes nothing")
    func idle() {
        let harness = MachineHarness.ready()
        harness.submit(1)
        _ = harness.steps()
        harness.machine.cancel([1])
        harness.machine.cancel([1, 99])
        #expect(harness.steps() == [.fail(1, .cancelled)])
        #expect(harness.reply() == .late(1))
        harness.machine.cancel([1])
        #expect(harness.steps() == [])
    }
}
