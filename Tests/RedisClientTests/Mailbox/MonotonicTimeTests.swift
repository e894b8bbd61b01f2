import Testing

@testable import RedisClient

@Suite("Monotonic time")
struct MonotonicTimeTests {
    private func time(_ nanoseconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: nanoseconds) }

    @Test("never goes back")
    func now() {
        var last = MonotonicTime.now()
        for _ in 0..<10_000 {
            let now = MonotonicTime.now()
            #expect(now >= last)
            last = now
        }
    }

    @Test("adds durations to the nanosecond")
    func addition() {
        #expect(time(5) + .nanoseconds(7) == time(12))
        #expect(time(5) + .seconds(2) == time(2_000_000_005))
        #expect(time(5) + .nanoseconds(-7) == time(-2))
        #expect(time(5) + .zero == time(5))
    }

    @Test("saturates at the distant future")
    func saturation() {
        #expect(time(.max) + .nanoseconds(1) == .distantFuture)
        #expect(time(1) + .nanoseconds(Int64.max) == .distantFuture)
        #expect(time(1) + .seconds(Int64.max) == .distantFuture)
        #expect(.distantFuture + .seconds(Int64.max) == .distantFuture)
        #expect(time(0) + .seconds(Int64.min) == time(.min))
    }

    @Test("saturates at the distant past")
    func pastSaturation() {
        #expect(time(-5) + .seconds(Int64.min) == time(.min))
    }

    @Test("clamps durations to what 64 bits of nanoseconds hold")
    func clamping() {
        #expect(Duration.milliseconds(1).clampedNanoseconds == 1_000_000)
        #expect(Duration.milliseconds(-1).clampedNanoseconds == -1_000_000)
        #expect(Duration(secondsComponent: 0, attosecondsComponent: 999_999_999).clampedNanoseconds == 0)
        #expect(Duration.nanoseconds(Int64.max).clampedNanoseconds == .max)
        #expect(Duration.nanoseconds(Int64.min).clampedNanoseconds == .min)
        #expect(Duration.seconds(Int64.max).clampedNanoseconds == .max)
        #expect(Duration.seconds(Int64.min).clampedNanoseconds == .min)
    }

    /// The whole seconds still fit there, the rest does not.
    @Test("clamps at both ends alike")
    func clampingAtTheEdge() {
        let edge: Int64 = 9_223_372_036
        let rest: Int64 = 999_999_999_000_000_000
        #expect(Duration(secondsComponent: edge, attosecondsComponent: rest).clampedNanoseconds == .max)
        #expect(Duration(secondsComponent: -edge, attosecondsComponent: -rest).clampedNanoseconds == .min)
    }

    @Test("rounds a poll's timeout up, so that the loop does not wake too early")
    func pollRounding() {
        #expect(time(1).pollTimeout(from: time(0)) == 1)
        #expect(time(999_999).pollTimeout(from: time(0)) == 1)
        #expect(time(1_000_000).pollTimeout(from: time(0)) == 1)
        #expect(time(1_000_001).pollTimeout(from: time(0)) == 2)
    }

    @Test("polls without waiting for what is past, and for ever without a deadline")
    func pollEnds() {
        #expect(time(5).pollTimeout(from: time(5)) == 0)
        #expect(time(5).pollTimeout(from: time(9)) == 0)
        #expect(time(.min).pollTimeout(from: time(9)) == 0)
        #expect(MonotonicTime.distantFuture.pollTimeout(from: time(9)) == -1)
    }

    @Test("polls for what is very far as long as it can")
    func pollFar() {
        #expect(time(.max - 1).pollTimeout(from: time(0)) == .max)
        #expect(time(.max - 1).pollTimeout(from: time(.max - 3)) == 1)
        #expect(time(5).pollTimeout(from: time(.min)) == .max)
    }
}
