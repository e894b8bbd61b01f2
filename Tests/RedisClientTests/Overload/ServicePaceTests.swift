import Testing

@testable import RedisClient

@Suite("The pace of a server")
struct ServicePaceTests {
    /// Proves 32 commands every `interval`, each span having waited for `wait`.
    private struct Stream {
        var pace = ServicePace()
        var now = MonotonicTime(nanoseconds: 1 << 40)

        mutating func idle(_ wait: Duration) {
            now = now + wait
            pace.proved(1, .init(time: now - wait, foundQueue: false), now: now)
        }

        /// Four spans that are answered together, `wait` after they were sent.
        mutating func burst(waiting wait: Duration) {
            now = now + wait
            spans(4, every: .zero, waiting: wait)
        }

        mutating func spans(_ count: Int, every interval: Duration, waiting wait: Duration) {
            for _ in 0..<count {
                now = now + interval
                pace.proved(32, .init(time: now - wait, foundQueue: true), now: now)
            }
        }
    }

    @Test("is not known without a queue, however slow the replies are")
    func noQueue() {
        var stream = Stream()
        for _ in 0..<1000 { stream.idle(.milliseconds(300)) }
        #expect(stream.pace.perCommand == 0)
    }

    @Test("is the time from reply to reply, once a queue has stood for a tenth of a second")
    func queue() {
        var stream = Stream()
        stream.idle(.milliseconds(1))
        stream.spans(3, every: .milliseconds(40), waiting: .milliseconds(200))
        #expect(stream.pace.perCommand == 0)
        stream.spans(1, every: .milliseconds(40), waiting: .milliseconds(200))
        #expect(stream.pace.perCommand == 1_250_000)
        stream.spans(1000, every: .milliseconds(40), waiting: .milliseconds(500))
        #expect(stream.pace.perCommand == 1_250_000)
    }

    @Test("follows a server that becomes slower or faster within two seconds")
    func changes() {
        var stream = Stream()
        stream.idle(.milliseconds(1))
        stream.spans(2000, every: .milliseconds(1), waiting: .milliseconds(50))
        #expect((31_000...32_000).contains(stream.pace.perCommand))
        stream.spans(60, every: .milliseconds(40), waiting: .milliseconds(500))
        #expect((1_000_000...1_250_000).contains(stream.pace.perCommand))
        stream.spans(2000, every: .milliseconds(1), waiting: .milliseconds(50))
        #expect((31_000...50_000).contains(stream.pace.perCommand))
    }

    @Test("is not known where replies only take a long way")
    func longWay() {
        var stream = Stream()
        stream.idle(.milliseconds(150))
        stream.spans(1000, every: .milliseconds(10), waiting: .milliseconds(160))
        #expect(stream.pace.perCommand == 0)
    }

    @Test("is known from the second burst on where a log-in told how long the way is")
    func firstBurst() {
        var stream = Stream()
        stream.pace.connected(roundTrip: .milliseconds(1))
        for _ in 0..<2 { stream.burst(waiting: .milliseconds(160)) }
        #expect(stream.pace.perCommand == 1_250_000)
        #expect(stream.pace.window == 128)
    }

    @Test("is not known after bursts over a long way that the log-in took, too")
    func longBurst() {
        var stream = Stream()
        stream.pace.connected(roundTrip: .milliseconds(160))
        for _ in 0..<10 { stream.burst(waiting: .milliseconds(170)) }
        #expect(stream.pace.perCommand == 0)
    }

    @Test("is not learned from a pause of the server, whatever came of it at once afterwards")
    func pause() {
        var stream = Stream()
        stream.idle(.microseconds(100))
        stream.now = stream.now + .milliseconds(700)
        stream.spans(50, every: .microseconds(300), waiting: .milliseconds(700))
        #expect(stream.pace.perCommand == 0)
    }

    @Test("is forgotten with the queue, and with the connection")
    func forgotten() {
        var stream = Stream()
        stream.idle(.milliseconds(1))
        stream.spans(100, every: .milliseconds(40), waiting: .milliseconds(500))
        #expect(stream.pace.perCommand > 0)
        var other = stream
        stream.spans(1, every: .milliseconds(1), waiting: .milliseconds(1))
        #expect(stream.pace.perCommand == 0)
        other.pace.reset()
        #expect(other.pace.perCommand == 0)
    }

    @Test("stays in range when a machine sleeps for years")
    func years() {
        var stream = Stream()
        stream.idle(.milliseconds(1))
        stream.spans(3, every: .seconds(86_400 * 3650), waiting: .seconds(86_400 * 3650))
        #expect(stream.pace.perCommand > 0)
        #expect(stream.pace.window >= 1)
        #expect(stream.pace.isTooLate(stream.now + .seconds(3600), behind: 1 << 23, now: stream.now))
    }
}

extension MonotonicTime {
    fileprivate static func - (time: MonotonicTime, duration: Duration) -> MonotonicTime { time + (.zero - duration) }
}
