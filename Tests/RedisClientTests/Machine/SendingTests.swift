import Testing

@testable import RedisClient

@Suite("Sending")
struct SendingTests {
    @Test("keeps the order of submission, and replies belong to what was sent first")
    func order() {
        let harness = MachineHarness.ready()
        for id in 1...3 { harness.submit(id) }
        #expect(harness.steps() == [.send(1), .send(2), .send(3)])
        #expect((1...3).map { _ in harness.reply() } == [.reply(1), .reply(2), .reply(3)])
    }

    @Test("stops at the window's commands and goes on with each reply")
    func commandWindow() {
        let harness = MachineHarness.ready(window: 2)
        for id in 1...4 { harness.submit(id) }
        #expect(harness.steps() == [.send(1), .send(2)])
        #expect(harness.reply() == .reply(1))
        #expect(harness.steps() == [.send(3)])
    }

    @Test("passes over what is held back, which fails, also when it waited for the connection")
    func heldBack() {
        let harness = MachineHarness()
        let refusal = RedisError.unavailable(reason: "held")
        for id in 1...3 { harness.submit(id) }
        harness.machine.holdsBack = { $0 == 2 ? refusal : nil }
        #expect(harness.connect() == [.send(1), .fail(2, refusal), .send(3)])
        #expect(harness.machine.takeReleased().commands == 1)
        // It was sent before, at another server: what became of it is not known.
        harness.lose()
        harness.machine.holdsBack = { $0 == 1 ? refusal : nil }
        harness.advance(.seconds(0.9))
        #expect(harness.connect() == [.fail(1, .outcomeUnknown), .send(3)])
    }

    @Test("stops at the window's bytes")
    func byteWindow() {
        let harness = MachineHarness.ready(windowBytes: 100)
        for id in 1...3 { harness.submit(id, bytes: 50) }
        #expect(harness.steps() == [.send(1), .send(2)])
        #expect(harness.machine.bytesInFlight == 100)
        #expect(harness.reply() == .reply(1))
        #expect(harness.steps() == [.send(3)])
    }

    @Test("lets a command larger than the window pass, alone")
    func oversize() {
        let harness = MachineHarness.ready(windowBytes: 100)
        harness.submit(1, bytes: 5000)
        harness.submit(2, bytes: 1)
        #expect(harness.steps() == [.send(1)])
        #expect(harness.reply() == .reply(1))
        #expect(harness.steps() == [.send(2)])
    }

    @Test("takes a reply to nothing for what it is")
    func unexpectedReply() {
        let harness = MachineHarness.ready()
        #expect(harness.reply() == .unexpected)
        #expect(MachineHarness().reply() == .unexpected)
    }

    @Test("gives back exactly the room of what has been answered")
    func release() {
        let harness = MachineHarness.ready()
        harness.submit(1, bytes: 30)
        harness.submit(2, bytes: 40)
        _ = harness.steps()
        #expect(harness.machine.takeReleased() == (0, 0))
        _ = harness.reply()
        #expect(harness.machine.takeReleased() == (1, 30))
        #expect(harness.machine.takeReleased() == (0, 0))
        _ = harness.reply()
        #expect(harness.machine.takeReleased() == (1, 40))
    }
}
