import Testing

@testable import RedisClient

@Suite("A refused log-in")
struct LogInTests {
    private static let refusal = RedisError.server(code: "WRONGPASS", message: "the server refused the log-in")

    /// Two commands wait, and the connection is at the first step of its log-in.
    private func loggingIn(addresses: Int = 1) -> MachineHarness {
        let harness = MachineHarness()
        harness.submit(1)
        harness.submit(2)
        _ = harness.steps()
        harness.machine.resolved(addressCount: addresses)
        _ = harness.steps()
        harness.machine.connected(handshakeReplies: 2, now: harness.now)
        #expect(harness.reply() == .handshake)
        return harness
    }

    @Test("fails all that waits at once, with the server's word")
    func failsAll() {
        let harness = loggingIn()
        harness.lose(Self.refusal)
        #expect(harness.steps() == [.fail(1, Self.refusal), .fail(2, Self.refusal)])
        #expect(harness.machine.takeReleased() == (2, 20))
    }

    @Test("is tried again for the next command")
    func nextCommand() {
        let harness = loggingIn()
        harness.lose(Self.refusal)
        _ = harness.steps()
        harness.submit(3, timeout: .seconds(60))
        harness.advance(.milliseconds(50))
        #expect(harness.steps() == [.resolve])
    }

    @Test("is the reason given to a command that waited for the next attempt in vain")
    func reason() {
        let harness = loggingIn()
        harness.lose(Self.refusal)
        _ = harness.steps()
        harness.submit(3, timeout: .milliseconds(100))
        harness.advance(.milliseconds(100))
        #expect(harness.steps().first == .fail(3, Self.refusal))
    }

    @Test("does not pretend that a command sent before was never sent")
    func sentBefore() {
        let harness = MachineHarness.ready()
        harness.submit(1, timeout: .seconds(60))
        _ = harness.steps()
        harness.lose()
        harness.submit(2, timeout: .seconds(60))
        harness.advance(.milliseconds(50))
        _ = harness.steps()
        harness.machine.resolved(addressCount: 1)
        _ = harness.steps()
        harness.machine.connected(handshakeReplies: 1, now: harness.now)
        harness.lose(Self.refusal)
        #expect(harness.steps() == [.fail(1, .outcomeUnknown), .fail(2, Self.refusal)])
    }

    @Test("by a server that is not ready yet lets commands wait")
    func notReady() {
        let harness = loggingIn()
        harness.lose(.unavailable(reason: "the server is not ready: LOADING"))
        #expect(!harness.steps().contains { if case .fail = $0 { true } else { false } })
        #expect(harness.machine.waiting.count == 2)
    }
}
