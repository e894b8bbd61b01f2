import TestSupport
import Testing

@testable import RedisClient

@Suite("A server that closes after each log-in")
struct RepeatedLogInTests {
    /// Log-ins within ten seconds of connections that somebody always needs.
    private func logIns(connections: Int, seed: UInt64, serves: Bool = false) -> Int {
        var count = 0
        for connection in 0..<connections {
            let harness = MachineHarness(seed: seed &* 31 &+ UInt64(connection), provesReplies: true)
            harness.machine.connectionsThatFail = connections
            harness.machine.staysConnected = true
            var id = 0
            while harness.now < MonotonicTime(nanoseconds: 10_000_000_000) {
                id += 1
                harness.submit(id, isIdempotent: false, timeout: .seconds(3600))
                harness.connect()
                if case .ready = harness.machine.phase {
                    count += 1
                    if serves {
                        _ = harness.reply()
                        _ = harness.nonce()
                    }
                    harness.lose()
                    _ = harness.steps()
                }
                harness.advance(max(.milliseconds(1), harness.machine.nextDeadline.duration(since: harness.now)))
            }
        }
        return count
    }

    @Test("sees no more than three a second, however many connections want one", arguments: [1, 2, 4])
    func rate(connections: Int) {
        for seed in 0..<50 as Range<UInt64> {
            let count = logIns(connections: connections, seed: seed)
            #expect(count > 5)
            #expect(count <= 30, "seed \(seed)")
        }
    }

    @Test("is another than one that answers first: that works, and is asked again soon")
    func answered() {
        #expect(logIns(connections: 1, seed: 1, serves: true) > 200)
    }

    @Test("is not forgiven for a role check that it answers, but for a command")
    func roleCheck() {
        let harness = MachineHarness.ready(
            provesReplies: true, freshness: .init(interval: .seconds(1), isAlwaysNeeded: true))
        harness.machine.staysConnected = true
        harness.lose()
        harness.advance(.seconds(1))
        harness.connect()
        harness.advance(.seconds(1))
        #expect(harness.steps() == [.askRole, .prove])
        #expect(harness.reply() == .role)
        harness.machine.roleArrived(problem: nil)
        _ = harness.nonce()
        #expect(harness.confirmations.count == 1)
        #expect(harness.machine.backoff.failures == 1)
        harness.submit(1)
        _ = harness.steps()
        _ = harness.reply()
        #expect(harness.nonce() == [.reply(1)])
        #expect(harness.machine.backoff.failures == 0)
    }
}
