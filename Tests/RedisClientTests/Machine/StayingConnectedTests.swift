import Testing

@testable import RedisClient

@Suite("A connection that is to stay from now on")
struct StayingConnectedTests {
    @Test("is made at once, although nothing waits")
    func idle() {
        let harness = MachineHarness()
        #expect(harness.steps() == [])
        harness.machine.staysConnected = true
        #expect(harness.machine.nextDeadline <= harness.now)
        #expect(harness.steps() == [.resolve])
        harness.connect()
        #expect(harness.machine.phase == .ready)
        #expect(harness.machine.nextDeadline == .distantFuture)
    }

    @Test("is made again once its pause is over, although it was lost before")
    func lostBefore() {
        let harness = MachineHarness.ready()
        harness.lose()
        harness.advance(.seconds(60))
        #expect(harness.steps() == [])
        harness.lose()
        harness.machine.staysConnected = true
        #expect(harness.machine.nextDeadline <= harness.now + .milliseconds(200))
        harness.advance(.milliseconds(200))
        #expect(harness.steps() == [.resolve])
    }

    @Test("is tried for again and again, also when it fails fast", arguments: [true, false])
    func again(failsFast: Bool) {
        let harness = MachineHarness(staysConnected: true, failsFast: failsFast)
        for _ in 0..<5 {
            #expect(harness.steps() == [.resolve])
            harness.lose()
            harness.advance(.seconds(1))
        }
    }

    @Test("is no longer made when that is taken back, and not closed either")
    func takenBack() {
        let harness = MachineHarness(staysConnected: true)
        harness.connect()
        harness.machine.staysConnected = false
        harness.advance(.seconds(60))
        #expect(harness.steps() == [])
        #expect(harness.machine.phase == .ready)
        harness.lose()
        harness.advance(.seconds(60))
        #expect(harness.steps() == [])
    }

    @Test("ends all the same when the client is shut down")
    func shutdown() {
        let harness = MachineHarness(staysConnected: true)
        harness.connect()
        harness.machine.shutDown(deadline: harness.now + .seconds(1))
        #expect(harness.steps() == [.finish])
        #expect(harness.machine.nextDeadline == .distantFuture)
    }
}
