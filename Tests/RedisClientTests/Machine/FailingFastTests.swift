import Testing

@testable import RedisClient

@Suite("A connection that fails fast")
struct FailingFastTests {
    private typealias Step = MachineHarness.Step

    @Test("does not let commands wait for the next one when it breaks")
    func broken() {
        let harness = MachineHarness.ready(window: 2, failsFast: true)
        for id in 1...3 { harness.submit(id, timeout: .seconds(60)) }
        #expect(harness.steps() == [.send(1), .send(2)])
        harness.lose()
        #expect(
            harness.steps().prefix(3) == [
                .fail(1, .outcomeUnknown), .fail(2, .outcomeUnknown), .fail(3, MachineHarness.brokenLine),
            ])
        #expect(harness.machine.takeReleased() == (3, 30))
    }

    @Test("leaves the outcome of what was sent unknown, repeatable or not")
    func sent() {
        let harness = MachineHarness.ready(failsFast: true)
        harness.submit(1, isIdempotent: false)
        harness.submit(2)
        _ = harness.steps()
        harness.lose()
        let failures = harness.steps().filter { if case .fail = $0 { true } else { false } }
        #expect(failures.count == 2)
        #expect(failures.contains(.fail(1, .outcomeUnknown)))
        #expect(failures.contains(.fail(2, .outcomeUnknown)))
    }

    @Test("tries every address before it gives up")
    func lastAddress() {
        let harness = MachineHarness(failsFast: true)
        harness.submit(1, timeout: .seconds(60))
        #expect(harness.steps() == [.resolve])
        harness.machine.resolved(addressCount: 3)
        #expect(harness.steps() == [.connect(0)])
        harness.lose()
        #expect(harness.steps() == [.connect(1)])
        harness.machine.connected(handshakeReplies: 1, now: harness.now)
        harness.lose()
        #expect(harness.steps() == [.connect(2)])
        harness.lose()
        #expect(harness.steps() == [.fail(1, MachineHarness.brokenLine)])
    }

    @Test("gives up when the name cannot be resolved, or has no address")
    func noAddress() {
        let unresolved = MachineHarness(failsFast: true)
        unresolved.submit(1, timeout: .seconds(60))
        _ = unresolved.steps()
        unresolved.lose()
        #expect(unresolved.steps() == [.fail(1, MachineHarness.brokenLine)])
        let empty = MachineHarness(failsFast: true)
        empty.submit(1, timeout: .seconds(60))
        _ = empty.steps()
        empty.machine.resolved(addressCount: 0)
        #expect(empty.steps() == [.fail(1, .unavailable(reason: "no address to connect to"))])
    }

    @Test("gives up when the last address neither answers nor refuses")
    func timeout() {
        let harness = MachineHarness(failsFast: true)
        harness.submit(1, timeout: .seconds(60))
        _ = harness.steps()
        harness.machine.resolved(addressCount: 1)
        _ = harness.steps()
        harness.advanceToDeadline()
        let reason = RedisError.unavailable(reason: "the server did not answer while connecting")
        #expect(harness.steps() == [.disconnect, .fail(1, reason)])
    }

    @Test("tries again for the next command, after its pause")
    func nextCommand() {
        let harness = MachineHarness.ready(failsFast: true)
        harness.lose()
        #expect(harness.steps() == [])
        harness.submit(1, timeout: .seconds(60))
        harness.advance(.milliseconds(50))
        #expect(harness.steps() == [.resolve])
        #expect(harness.connect() == [.send(1)])
        #expect(harness.reply() == .reply(1))
    }

    @Test("that a stall ended fails what it had")
    func stall() {
        let harness = MachineHarness.ready(window: 1, failsFast: true)
        harness.submit(1, timeout: .milliseconds(10))
        harness.submit(2, timeout: .seconds(60))
        _ = harness.steps()
        harness.advance(.milliseconds(10))
        #expect(harness.steps() == [.fail(1, .timedOut)])
        harness.advance(MachineHarness.stallMargin)
        let reason = RedisError.unavailable(reason: "the server stopped answering")
        #expect(harness.steps() == [.disconnect, .fail(2, reason)])
        #expect(harness.machine.takeReleased() == (2, 20))
    }

    @Test("that is patient instead lets them wait")
    func patient() {
        let harness = MachineHarness.ready()
        harness.submit(1, timeout: .seconds(60))
        _ = harness.steps()
        harness.lose()
        #expect(!harness.steps().contains { if case .fail = $0 { true } else { false } })
    }
}
