import Testing

@testable import RedisClient

@Suite("A log-in that grows")
struct GrowingLogInTests {
    /// At the last reply of a log-in with two.
    private func loggingIn() -> MachineHarness {
        let harness = MachineHarness()
        harness.submit(1, timeout: .seconds(60))
        _ = harness.steps()
        harness.machine.resolved(addressCount: 1)
        _ = harness.steps()
        harness.machine.connected(handshakeReplies: 2, now: harness.now)
        #expect(harness.reply() == .handshake)
        harness.machine.handshakeStepSucceeded(now: harness.now)
        return harness
    }

    @Test("lets nothing through before its last reply")
    func order() {
        let harness = loggingIn()
        #expect(harness.reply() == .handshake)
        harness.machine.handshakeGrew(by: 2, now: harness.now)
        harness.machine.handshakeStepSucceeded(now: harness.now)
        for _ in 0..<2 {
            #expect(harness.steps() == [])
            #expect(harness.reply() == .handshake)
            harness.machine.handshakeStepSucceeded(now: harness.now)
        }
        #expect(harness.steps() == [.send(1)])
    }

    @Test("has its time anew each time that it grows")
    func deadline() {
        let harness = loggingIn()
        for _ in 0..<5 {
            harness.advance(MachineHarness.connectTimeout - .milliseconds(1))
            #expect(harness.steps() == [])
            harness.machine.handshakeGrew(by: 1, now: harness.now)
            #expect(harness.machine.nextDeadline == harness.now + MachineHarness.connectTimeout)
            #expect(harness.reply() == .handshake)
            harness.machine.handshakeStepSucceeded(now: harness.now)
        }
        harness.advance(MachineHarness.connectTimeout)
        #expect(harness.steps().first == .disconnect)
    }

    @Test("begins at its first length on the next connection")
    func next() {
        let harness = loggingIn()
        harness.machine.handshakeGrew(by: 300, now: harness.now)
        harness.lose()
        harness.advance(.milliseconds(50))
        _ = harness.steps()
        harness.machine.resolved(addressCount: 1)
        _ = harness.steps()
        harness.machine.connected(handshakeReplies: 1, now: harness.now)
        #expect(harness.reply() == .handshake)
        harness.machine.handshakeStepSucceeded(now: harness.now)
        #expect(harness.steps() == [.send(1)])
    }

    @Test("only grows while it lasts")
    func outOfPlace() {
        let harness = MachineHarness.ready()
        harness.machine.handshakeGrew(by: 3, now: harness.now)
        #expect(harness.machine.phase == .ready)
        harness.lose()
        harness.machine.handshakeGrew(by: 3, now: harness.now)
        harness.advance(.milliseconds(50))
        harness.submit(1)
        #expect(harness.connect() == [.send(1)])
    }
}
