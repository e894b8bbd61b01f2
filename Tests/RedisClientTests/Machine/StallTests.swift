import Testing

@testable import RedisClient

@Suite("A server that stops answering")
struct StallTests {
    @Test("loses its connection a margin after the oldest command's deadline")
    func detected() {
        let harness = MachineHarness.ready()
        harness.submit(1, timeout: .milliseconds(100))
        _ = harness.steps()
        harness.advanceToDeadline()
        #expect(harness.steps() == [.fail(1, .timedOut)])
        #expect(harness.machine.nextDeadline == harness.now + MachineHarness.stallMargin)
        harness.advance(MachineHarness.stallMargin + .nanoseconds(-1))
        #expect(harness.steps() == [])
        harness.advance(.nanoseconds(1))
        #expect(harness.steps() == [.disconnect])
        #expect(harness.machine.takeReleased() == (1, 10))
    }

    @Test("gets the younger commands again on the next connection")
    func retried() {
        let harness = MachineHarness.ready()
        harness.submit(1, timeout: .milliseconds(100))
        harness.submit(2, timeout: .seconds(30))
        _ = harness.steps()
        harness.advance(.milliseconds(600))
        #expect(harness.steps().prefix(2) == [.fail(1, .timedOut), .disconnect])
        harness.advance(.milliseconds(50))
        #expect(harness.connect() == [.send(2)])
    }

    @Test("is not suspected while it answers, however late")
    func lateReply() {
        let harness = MachineHarness.ready()
        harness.submit(1, timeout: .milliseconds(100))
        _ = harness.steps()
        harness.advance(.milliseconds(599))
        #expect(harness.steps() == [.fail(1, .timedOut)])
        #expect(harness.reply() == .late(1))
        harness.advance(.seconds(60))
        #expect(harness.steps() == [])
        #expect(harness.machine.phase == .ready)
    }

    @Test("is noticed also when the caller has gone")
    func cancelled() {
        let harness = MachineHarness.ready()
        harness.submit(1, timeout: .milliseconds(100))
        _ = harness.steps()
        harness.machine.cancel([1])
        #expect(harness.steps() == [.fail(1, .cancelled)])
        harness.advance(.milliseconds(600))
        #expect(harness.steps() == [.disconnect])
    }
}
