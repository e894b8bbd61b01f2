import Testing

@testable import RedisClient

@Suite("Deadlines")
struct DeadlineTests {
    @Test("a command that was never sent is unavailable, not timed out")
    func neverSent() {
        let harness = MachineHarness()
        harness.submit(1, timeout: .milliseconds(200))
        #expect(harness.steps() == [.resolve])
        #expect(harness.machine.nextDeadline == harness.now + .milliseconds(200))
        harness.advanceToDeadline()
        #expect(harness.steps() == [.fail(1, .unavailable(reason: "connecting takes too long"))])
        #expect(harness.machine.takeReleased() == (1, 10))
    }

    @Test("a command that could not be sent says why the last attempt failed")
    func lastFailure() {
        let harness = MachineHarness()
        harness.submit(1, timeout: .milliseconds(200))
        _ = harness.steps()
        harness.lose(.unavailable(reason: "connection refused"))
        harness.advance(.milliseconds(200))
        #expect(harness.steps().first == .fail(1, .unavailable(reason: "connection refused")))
    }

    @Test("an earlier outage is not given as the reason after a connection worked")
    func forgottenFailure() {
        let harness = MachineHarness(provesReplies: true)
        harness.submit(1, timeout: .seconds(60))
        _ = harness.steps()
        harness.lose()
        harness.advance(.seconds(1))
        harness.connect()
        _ = harness.reply()
        _ = harness.nonce()
        #expect(harness.machine.lastFailure == nil)
    }

    @Test("a command that found no room in the window is unavailable")
    func congested() {
        let harness = MachineHarness.ready(window: 1)
        harness.submit(1, timeout: .seconds(10))
        harness.submit(2, timeout: .milliseconds(5))
        #expect(harness.steps() == [.send(1)])
        harness.advanceToDeadline()
        #expect(harness.steps() == [.fail(2, .unavailable(reason: "the connection is congested"))])
        #expect(harness.reply() == .reply(1))
    }

    @Test("a sent command times out at once, and its place in the order of replies stays")
    func sent() {
        let harness = MachineHarness.ready()
        harness.submit(1, timeout: .milliseconds(10))
        harness.submit(2, timeout: .milliseconds(300))
        _ = harness.steps()
        harness.advanceToDeadline()
        #expect(harness.steps() == [.fail(1, .timedOut)])
        #expect(harness.machine.takeReleased() == (0, 0))
        #expect(harness.reply() == .late(1))
        #expect(harness.machine.takeReleased() == (1, 10))
        #expect(harness.reply() == .reply(2))
    }

    @Test("a command whose deadline has passed already is refused without being sent")
    func stillborn() {
        let harness = MachineHarness.ready()
        harness.submit(1, timeout: .zero)
        harness.submit(2, timeout: .seconds(-5))
        #expect(
            harness.steps() == [1, 2].map { .fail($0, .unavailable(reason: "the connection is congested")) })
    }

    @Test("one nanosecond before its deadline a command is still sent")
    func lastMoment() {
        let harness = MachineHarness()
        harness.submit(1, timeout: .milliseconds(100))
        _ = harness.steps()
        harness.machine.resolved(addressCount: 1)
        _ = harness.steps()
        harness.advance(.nanoseconds(99_999_999))
        harness.machine.connected(handshakeReplies: 0, now: harness.now)
        #expect(harness.steps() == [.send(1)])
    }

    @Test("a deadline without end is never reached")
    func endless() {
        let harness = MachineHarness.ready()
        harness.submit(1, timeout: .seconds(Int64.max))
        #expect(harness.steps() == [.send(1)])
        harness.advance(.seconds(1_000_000))
        #expect(harness.steps() == [])
        #expect(harness.machine.nextDeadline == .distantFuture)
    }

    @Test("a sent command that waits to be sent again is timed out, not unavailable")
    func sentBefore() {
        let harness = MachineHarness.ready()
        harness.submit(1, timeout: .milliseconds(10))
        _ = harness.steps()
        harness.lose()
        harness.advance(.milliseconds(10))
        #expect(harness.steps().first == .fail(1, .timedOut))
    }
}
