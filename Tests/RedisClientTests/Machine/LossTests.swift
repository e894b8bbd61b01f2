import Testing

@testable import RedisClient

@Suite("A lost connection")
struct LossTests {
    @Test("sends again what may be repeated, first and in its old order")
    func retryOrder() {
        let harness = MachineHarness.ready(window: 3)
        for id in 1...5 { harness.submit(id, timeout: .seconds(60)) }
        #expect(harness.steps() == [.send(1), .send(2), .send(3)])
        #expect(harness.reply() == .reply(1))
        harness.lose()
        harness.advance(.milliseconds(50))
        #expect(harness.connect() == [.send(2), .send(3), .send(4)])
    }

    @Test("leaves the outcome of what may not be repeated unknown")
    func notIdempotent() {
        let harness = MachineHarness.ready()
        harness.submit(1, isIdempotent: false, timeout: .seconds(60))
        harness.submit(2, timeout: .seconds(60))
        _ = harness.steps()
        harness.lose()
        #expect(harness.steps().first == .fail(1, .outcomeUnknown))
        harness.advance(.milliseconds(50))
        #expect(harness.connect() == [.send(2)])
    }

    @Test("keeps what was never sent, repeatable or not")
    func unsent() {
        let harness = MachineHarness.ready(window: 1)
        harness.submit(1, timeout: .seconds(60))
        harness.submit(2, isIdempotent: false, timeout: .seconds(60))
        _ = harness.steps()
        #expect(harness.reply() == .reply(1))
        harness.lose()
        harness.advance(.milliseconds(50))
        #expect(harness.connect() == [.send(2)])
    }

    @Test("empties the window")
    func window() {
        let harness = MachineHarness.ready()
        harness.submit(1, bytes: 500, timeout: .seconds(60))
        _ = harness.steps()
        harness.lose()
        #expect(harness.machine.bytesInFlight == 0)
        #expect(harness.machine.inFlight.isEmpty)
        harness.advance(.milliseconds(50))
        harness.connect()
        #expect(harness.machine.bytesInFlight == 500)
    }

    @Test("by a reply that cannot be read fails its command alone: it would end the next connection too")
    func unreadableReply() {
        let harness = MachineHarness.ready()
        for id in 1...3 { harness.submit(id, timeout: .seconds(60)) }
        _ = harness.steps()
        harness.lose(.unexpectedReply("too long"))
        #expect(harness.steps() == [.fail(1, .unexpectedReply("too long"))])
        harness.advance(.milliseconds(50))
        #expect(harness.connect() == [.send(2), .send(3)])
        #expect(harness.machine.takeReleased() == (1, 10))
    }

    @Test("is not mended before somebody needs it")
    func idle() {
        let harness = MachineHarness.ready()
        harness.lose()
        harness.advance(.seconds(60))
        #expect(harness.steps() == [])
        harness.submit(1)
        #expect(harness.steps() == [.resolve])
    }

    @Test("counts once, however often it is reported")
    func reportedTwice() {
        let harness = MachineHarness.ready()
        harness.submit(1, isIdempotent: false)
        _ = harness.steps()
        harness.lose()
        harness.lose()
        #expect(harness.steps() == [.fail(1, .outcomeUnknown)])
        #expect(harness.machine.takeReleased() == (1, 10))
    }
}
