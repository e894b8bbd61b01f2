import Testing

@testable import RedisClient

@Suite("Shutting down")
struct ShutdownTests {
    private func shutDown(_ harness: MachineHarness, drain: Duration) {
        harness.machine.shutDown(deadline: harness.now + drain)
    }

    @Test("an idle machine ends at once, once")
    func idle() {
        for harness in [MachineHarness(), .ready()] {
            shutDown(harness, drain: .seconds(2))
            #expect(harness.steps() == [.finish])
            #expect(harness.machine.phase == .closed)
            #expect(harness.machine.nextDeadline == .distantFuture)
            #expect(harness.steps() == [])
        }
    }

    @Test("waits for the answers that are due")
    func drains() {
        let harness = MachineHarness.ready()
        harness.submit(1)
        harness.submit(2)
        shutDown(harness, drain: .seconds(2))
        #expect(harness.steps() == [.send(1), .send(2)])
        #expect(harness.reply() == .reply(1))
        #expect(harness.steps() == [])
        #expect(harness.reply() == .reply(2))
        #expect(harness.steps() == [.finish])
    }

    @Test("does not wait for what nobody waits for any more")
    func abandoned() {
        let harness = MachineHarness.ready()
        harness.submit(1)
        _ = harness.steps()
        harness.machine.cancel([1])
        shutDown(harness, drain: .seconds(2))
        #expect(harness.steps() == [.fail(1, .cancelled), .finish])
        #expect(harness.machine.takeReleased() == (1, 10))
    }

    @Test("at the deadline the sent is unknown and the unsent is refused")
    func deadline() {
        let harness = MachineHarness.ready(window: 1)
        harness.submit(1, timeout: .seconds(60))
        harness.submit(2, timeout: .seconds(60))
        shutDown(harness, drain: .milliseconds(100))
        #expect(harness.steps() == [.send(1)])
        #expect(harness.machine.nextDeadline == harness.now + .milliseconds(100))
        harness.advanceToDeadline()
        #expect(harness.steps() == [.fail(1, .outcomeUnknown), .fail(2, .shutDown), .finish])
        #expect(harness.machine.takeReleased() == (2, 20))
    }

    @Test("still connects for what waits, and ends in time when it cannot")
    func whileConnecting() {
        let harness = MachineHarness()
        harness.submit(1, timeout: .seconds(60))
        shutDown(harness, drain: .seconds(2))
        #expect(harness.steps() == [.resolve])
        harness.lose()
        harness.advance(.milliseconds(50))
        #expect(harness.steps() == [.resolve])
        harness.advance(.seconds(2))
        #expect(harness.steps() == [.fail(1, .shutDown), .finish])
    }

    @Test("the earlier of two deadlines counts", arguments: [[100, 900], [900, 100]])
    func twice(drains: [Int]) {
        let harness = MachineHarness()
        harness.submit(1, timeout: .seconds(60))
        for drain in drains { shutDown(harness, drain: .milliseconds(drain)) }
        _ = harness.steps()
        harness.advance(.milliseconds(100))
        #expect(harness.steps() == [.fail(1, .shutDown), .finish])
    }

    @Test("refuses what comes too late, and gives back its room")
    func tooLate() {
        let harness = MachineHarness()
        shutDown(harness, drain: .zero)
        #expect(harness.steps() == [.finish])
        harness.submit(1)
        #expect(harness.steps() == [.fail(1, .shutDown)])
        #expect(harness.machine.takeReleased() == (1, 10))
    }

    @Test("a closed machine hears nothing any more")
    func closed() {
        let harness = MachineHarness()
        shutDown(harness, drain: .zero)
        _ = harness.steps()
        harness.lose()
        harness.machine.resolved(addressCount: 1)
        harness.machine.connected(handshakeReplies: 0, now: harness.now)
        #expect(harness.machine.phase == .closed)
        #expect(harness.steps() == [])
    }
}
