import Testing

@testable import RedisClient

@Suite("A command with several replies")
struct SeveralRepliesTests {
    @Test("is answered by the last of them, and hears the others on the way")
    func last() {
        let harness = MachineHarness.ready()
        harness.submit(1, replies: 2)
        harness.submit(2)
        harness.submit(3, replies: 3)
        #expect(harness.steps() == [.send(1), .send(2), .send(3)])
        #expect(
            (0..<6).map { _ in harness.reply() } == [
                .part(1), .reply(1), .reply(2), .part(3), .part(3), .reply(3),
            ])
        #expect(harness.reply() == .unexpected)
    }

    @Test("keeps its room until the last of them")
    func window() {
        let harness = MachineHarness.ready(window: 1)
        harness.submit(1, bytes: 30, replies: 2)
        harness.submit(2)
        #expect(harness.steps() == [.send(1)])
        #expect(harness.reply() == .part(1))
        #expect(harness.steps() == [])
        #expect(harness.machine.bytesInFlight == 30)
        #expect(harness.machine.takeReleased() == (0, 0))
        #expect(harness.reply() == .reply(1))
        #expect(harness.machine.takeReleased() == (1, 30))
        #expect(harness.steps() == [.send(2)])
    }

    @Test("that is cancelled between two of them keeps the place of the rest")
    func cancelledInBetween() {
        let harness = MachineHarness.ready()
        harness.submit(1, replies: 2)
        harness.submit(2)
        _ = harness.steps()
        #expect(harness.reply() == .part(1))
        harness.machine.cancel([1])
        #expect(harness.steps() == [.fail(1, .cancelled)])
        #expect(harness.reply() == .late(1))
        #expect(harness.reply() == .reply(2))
    }

    @Test("that is cancelled before the first of them keeps the place of all")
    func cancelledBefore() {
        let harness = MachineHarness.ready()
        harness.submit(1, replies: 2)
        harness.submit(2, replies: 2)
        _ = harness.steps()
        harness.machine.cancel([1])
        _ = harness.steps()
        #expect((0..<4).map { _ in harness.reply() } == [.part(1), .late(1), .part(2), .reply(2)])
    }

    @Test("that times out between two of them keeps the place of the rest")
    func timedOut() {
        let harness = MachineHarness.ready()
        harness.submit(1, replies: 2, timeout: .milliseconds(10))
        harness.submit(2)
        _ = harness.steps()
        #expect(harness.reply() == .part(1))
        harness.advance(.milliseconds(10))
        #expect(harness.steps() == [.fail(1, .timedOut)])
        #expect([harness.reply(), harness.reply()] == [.late(1), .reply(2)])
    }

    @Test("is due all of them again on the next connection")
    func lostInBetween() {
        let harness = MachineHarness.ready()
        harness.submit(1, replies: 2, timeout: .seconds(60))
        harness.submit(2, timeout: .seconds(60))
        _ = harness.steps()
        #expect(harness.reply() == .part(1))
        harness.lose()
        harness.advance(.milliseconds(50))
        #expect(harness.connect() == [.send(1), .send(2)])
        #expect((0..<3).map { _ in harness.reply() } == [.part(1), .reply(1), .reply(2)])
    }

    @Test("that may not be repeated has an unknown outcome when the connection breaks between two of them")
    func notIdempotent() {
        let harness = MachineHarness.ready()
        harness.submit(1, replies: 2, isIdempotent: false)
        _ = harness.steps()
        #expect(harness.reply() == .part(1))
        harness.lose()
        #expect(harness.steps() == [.fail(1, .outcomeUnknown)])
        #expect(harness.machine.takeReleased() == (1, 10))
    }

    @Test("keeps a shutdown waiting until the last of them")
    func drain() {
        let harness = MachineHarness.ready()
        harness.submit(1, replies: 2)
        _ = harness.steps()
        harness.machine.shutDown(deadline: harness.now + .seconds(1))
        #expect(harness.reply() == .part(1))
        #expect(harness.steps() == [])
        #expect(harness.reply() == .reply(1))
        #expect(harness.steps() == [.finish])
    }
}
