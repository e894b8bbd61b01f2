import Testing

@testable import RedisClient

@Suite("A command that would be answered too late")
struct HopelessCommandTests {
    /// A machine with a queue at a server that takes 10 ms for each command.
    private func congested(_ ids: ClosedRange<Int>, timeout: Duration) -> MachineHarness {
        let harness = MachineHarness.ready(window: 1000, provesReplies: true)
        for id in ids { harness.submit(id, timeout: timeout) }
        _ = harness.steps()
        return harness
    }

    private func serve(_ spans: Int, _ harness: MachineHarness) {
        for _ in 0..<spans {
            harness.advance(.milliseconds(320))
            while harness.reply() == .staged {}
            _ = harness.nonce()
            _ = harness.steps()
        }
    }

    @Test("is refused unsent, and what has time is sent as soon as the server needs it")
    func refused() {
        let harness = congested(1...320, timeout: .seconds(60))
        serve(4, harness)
        #expect(harness.machine.pace.perCommand == 10_000_000)
        #expect(harness.machine.inFlight.count == 192)
        harness.submit(1001, timeout: .milliseconds(1900))
        harness.submit(1002, timeout: .milliseconds(3000))
        #expect(harness.steps() == [.fail(1001, .overloaded)])
        #expect(harness.machine.waiting.count == 1)
        serve(2, harness)
        #expect(harness.machine.inFlight.count == 128)
        #expect(harness.machine.waiting.count == 1)
        serve(1, harness)
        #expect(harness.machine.inFlight.count == 97)
        #expect(harness.machine.waiting.isEmpty)
    }

    @Test("gives back its room")
    func room() {
        let harness = congested(1...320, timeout: .seconds(60))
        serve(4, harness)
        _ = harness.machine.takeReleased()
        harness.submit(1001, bytes: 77, timeout: .milliseconds(1900))
        _ = harness.steps()
        #expect(harness.machine.takeReleased() == (1, 77))
    }

    @Test("is sent all the same when nothing is on its way, or nothing is known")
    func alone() {
        let harness = MachineHarness.ready(provesReplies: true)
        harness.submit(1, timeout: .nanoseconds(1))
        #expect(harness.steps() == [.send(1), .prove])
    }
}

@Suite("A new connection")
struct FirstWindowTests {
    @Test("sends few commands at first, and more with each reply")
    func slowStart() {
        let harness = MachineHarness(window: 1000, provesReplies: true, firstWindow: 64)
        for id in 1...500 { harness.submit(id, timeout: .seconds(60)) }
        harness.connect()
        #expect(harness.machine.inFlight.count == 64)
        for inFlight in [96, 128, 160] {
            while harness.reply() == .staged {}
            _ = harness.nonce()
            _ = harness.steps()
            #expect(harness.machine.inFlight.count == inFlight)
        }
    }
}

@Suite("A late server")
struct LateServerTests {
    @Test("keeps its connection as long as it goes on answering")
    func answering() {
        let harness = MachineHarness.ready(window: 1000, provesReplies: true)
        for id in 1...320 { harness.submit(id, timeout: .milliseconds(100)) }
        _ = harness.steps()
        for _ in 0..<9 {
            harness.advance(.milliseconds(400))
            #expect(!harness.steps().contains(.disconnect))
            while harness.reply() == .staged {}
            _ = harness.nonce()
        }
        harness.advance(.milliseconds(499))
        #expect(!harness.steps().contains(.disconnect))
        harness.advance(.milliseconds(1))
        #expect(harness.steps().contains(.disconnect))
    }
}
