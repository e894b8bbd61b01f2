import Testing

@testable import RedisClient

/// `unavailable` and `overloaded` promise that nothing happened.
@Suite("A command whose connection to a cluster's node broke under it")
struct ClusterOutcomeTests {
    private static let node = RedisEndpoint.tcp(host: "a", port: 1)
    private let start = MonotonicTime(nanoseconds: 0)

    @Test("is not sent again when it may not be repeated")
    func notIdempotent() {
        var attempts = ClusterAttempts(deadline: start + .seconds(60), isIdempotent: false)
        #expect(attempts.next(after: .outcomeUnknown, from: Self.node, now: start) == .fail(.outcomeUnknown))
    }

    @Test("but that was not sent may be sent elsewhere, repeatable or not")
    func notSent() {
        var attempts = ClusterAttempts(deadline: start + .seconds(60), isIdempotent: false)
        let next = attempts.next(after: .unavailable(reason: "gone"), from: Self.node, now: start)
        #expect(next == .wait(for: .node(Self.node), refresh: true))
    }

    @Test("has timed out when there is no time for another attempt")
    func noTime() {
        var attempts = ClusterAttempts(deadline: start, isIdempotent: true)
        _ = attempts.next(after: .outcomeUnknown, from: Self.node, now: start)
        #expect(attempts.expired == .timedOut)
    }

    @Test(
        "never claims afterwards that it was not done",
        arguments: [
            .unavailable(reason: "gone"), .overloaded, .shutDown, .outcomeUnknown,
            .server(code: "CLUSTERDOWN", message: "x"), .server(code: "TRYAGAIN", message: "x"),
            .server(code: "MOVED", message: "1 a:1"),
        ] as [RedisError])
    func laterErrors(error: RedisError) {
        for node in [Self.node, nil] {
            if node == nil, Redirection(error) != nil { continue }
            var attempts = ClusterAttempts(deadline: start + .milliseconds(5), isIdempotent: true)
            _ = attempts.next(after: .outcomeUnknown, from: Self.node, now: start)
            let next = attempts.next(after: error, from: node, now: start + .milliseconds(4))
            if case .wait = next { #expect(attempts.expired == .timedOut) } else { #expect(next == .fail(.timedOut)) }
        }
    }

    @Test("never claims so when it is sent in circles either, or nowhere")
    func circles() {
        var attempts = ClusterAttempts(deadline: start + .seconds(60), isIdempotent: true)
        _ = attempts.next(after: .outcomeUnknown, from: Self.node, now: start)
        var next = ClusterAttempts.Next.fail(.cancelled)
        for _ in 0...ClusterAttempts.maximumHops {
            next = attempts.next(after: .server(code: "MOVED", message: "1 b:2"), from: Self.node, now: start)
        }
        #expect(next == .fail(.timedOut))
        var others = ClusterAttempts(deadline: start + .seconds(60), isIdempotent: true)
        _ = others.next(after: .outcomeUnknown, from: Self.node, now: start)
        let nowhere = others.next(
            after: .server(code: "MOVED", message: "1 :2"), from: .unixSocket(path: "/redis"), now: start)
        #expect(nowhere == .fail(.timedOut))
    }

    @Test("still hears a refusal, and a cancellation")
    func refusal() {
        for error in [.server(code: "NOPERM", message: "x"), .cancelled] as [RedisError] {
            var attempts = ClusterAttempts(deadline: start + .seconds(60), isIdempotent: true)
            _ = attempts.next(after: .outcomeUnknown, from: Self.node, now: start)
            #expect(attempts.next(after: error, from: Self.node, now: start) == .fail(error))
        }
    }
}
