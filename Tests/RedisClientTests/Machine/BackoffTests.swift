import TestSupport
import Testing

@testable import RedisClient

@Suite("Backoff")
struct BackoffTests {
    /// The bound doubles from 50 ms and stays at one second.
    private static let bounds = [50, 100, 200, 400, 800, 1000, 1000].map { Duration.milliseconds($0) }

    @Test("draws from zero to a bound that doubles up to the cap")
    func bounds() {
        for seed in 0..<500 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            var backoff = Backoff()
            for bound in Self.bounds {
                let pause = backoff.next(using: &random)
                #expect((.zero...bound).contains(pause), "seed \(seed)")
            }
        }
    }

    @Test("jitters over the whole range")
    func fullJitter() {
        var random = SplitMix64(seed: 7)
        let pauses = (0..<1000).map { _ in
            var backoff = Backoff()
            return backoff.next(using: &random)
        }
        #expect(pauses.contains { $0 < .milliseconds(5) })
        #expect(pauses.contains { $0 > .milliseconds(45) })
        let mean = pauses.reduce(.zero, +) / pauses.count
        #expect((.milliseconds(22)...(.milliseconds(28))).contains(mean))
    }

    @Test("stays at the cap for ever")
    func manyFailures() {
        var random = SplitMix64(seed: 3)
        var backoff = Backoff()
        for _ in 0..<10_000 {
            let pause = backoff.next(using: &random)
            #expect(pause <= .seconds(1))
        }
    }

    @Test("begins anew after a reset")
    func reset() {
        var random = SplitMix64(seed: 3)
        var backoff = Backoff()
        for _ in 0..<10 { _ = backoff.next(using: &random) }
        backoff.reset()
        #expect(backoff.failures == 0)
        let pause = backoff.next(using: &random)
        #expect(pause <= .milliseconds(50))
    }

    @Test("spares a server that lets a connection log in and does nothing for it")
    func rejected() {
        for seed in 0..<100 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            var backoff = Backoff()
            for bound in [50, 200, 800, 1000, 1000].map({ Duration.milliseconds($0) }) {
                let pause = backoff.next(using: &random, isRejected: true)
                #expect((bound / 2...bound).contains(pause), "seed \(seed)")
            }
        }
    }

    @Test("is as much longer as there are connections that try, where the server lets them log in for nothing")
    func shared() {
        let mean = { (connections: Int, isRejected: Bool) -> Duration in
            var random = SplitMix64(seed: 5)
            var backoff = Backoff()
            for _ in 0..<10 { _ = backoff.next(using: &random) }
            let pauses = (0..<2000).map { _ in backoff.next(using: &random, among: connections, isRejected: isRejected)
            }
            return pauses.reduce(.zero, +) / pauses.count
        }
        #expect((.milliseconds(480)...(.milliseconds(520))).contains(mean(3, false)))
        #expect((.milliseconds(735)...(.milliseconds(765))).contains(mean(1, true)))
        #expect((.milliseconds(2200)...(.milliseconds(2300))).contains(mean(3, true)))
    }
}

@Suite("Connections without a server")
struct FailingConnectionsTests {
    @Test("are counted for each place")
    func counts() {
        let failing = FailingConnections()
        failing.add(at: "a")
        failing.add(at: "a")
        failing.add(at: "b")
        #expect([failing.count(at: "a"), failing.count(at: "b"), failing.count(at: "c")] == [2, 1, 0])
        failing.remove(at: "a")
        failing.remove(at: "b")
        failing.remove(at: "b")
        #expect([failing.count(at: "a"), failing.count(at: "b")] == [1, 0])
    }
}
