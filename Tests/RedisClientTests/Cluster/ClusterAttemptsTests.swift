import Testing

@testable import RedisClient

@Suite("A command that a cluster does not answer")
struct ClusterAttemptsTests {
    private static let node = RedisEndpoint.tcp(host: "a", port: 1)
    private static let slot = HashSlot(1)
    private let start = MonotonicTime(nanoseconds: 0)

    private func attempts(idempotent: Bool = true, timeout: Duration = .seconds(1)) -> ClusterAttempts {
        ClusterAttempts(deadline: start + timeout, isIdempotent: idempotent, slot: Self.slot)
    }

    private func first(_ error: RedisError, from node: RedisEndpoint? = node) -> ClusterAttempts.Next {
        var attempts = attempts()
        return attempts.next(after: error, from: node, now: start)
    }

    private func server(_ code: String, _ message: String = "") -> RedisError {
        .server(code: code, message: message)
    }

    @Test("follows the slot, for good or for once")
    func redirections() {
        #expect(first(server("MOVED", "1 b:2")) == .moved(.tcp(host: "b", port: 2)))
        #expect(first(server("ASK", "1 b:2")) == .ask(.tcp(host: "b", port: 2)))
        #expect(first(server("MOVED", "1 :2")) == .moved(.tcp(host: "a", port: 2)))
    }

    @Test("asks for the map where the nodes have no name for the one that has the slot", arguments: ["MOVED", "ASK"])
    func unknownHost(code: String) {
        #expect(first(server(code, "1 ?:2")) == .pause(.milliseconds(2), refresh: true))
    }

    @Test("waits with others where the node asks for patience", arguments: ["LOADING", "MASTERDOWN"])
    func patience(code: String) {
        #expect(first(server(code)) == .wait(for: .node(Self.node), refresh: false))
    }

    @Test("waits by itself where its own keys are on their way")
    func keysOnTheWay() {
        #expect(first(server("TRYAGAIN")) == .pause(.milliseconds(2), refresh: false))
    }

    @Test("waits with others and asks who is there now, where the cluster has lost a master")
    func lostMaster() {
        let again = ClusterAttempts.Next.wait(for: .node(Self.node), refresh: true)
        #expect(first(server("CLUSTERDOWN", "The cluster is down")) == again)
        #expect(first(server("READONLY", "You can't write")) == again)
        let script = "Error running script (call to f_1): @user_script:1: -READONLY You can't write"
        #expect(first(server("ERR", script)) == again)
        #expect(first(.unavailable(reason: "gone")) == again)
        #expect(first(.shutDown) == again)
        #expect(first(.outcomeUnknown) == again)
    }

    @Test("waits with others for its slot, where no node has it, and for any master, where it has no slot")
    func noMaster() throws {
        let slot = try #require(Self.slot)
        let waits = ClusterAttempts.Next.wait(for: .slot(slot), refresh: true)
        #expect(first(server("CLUSTERDOWN", "Hash slot not served")) == waits)
        #expect(first(.unavailable(reason: "no node"), from: nil) == waits)
        var anywhere = ClusterAttempts(deadline: start + .seconds(1), isIdempotent: true)
        let next = anywhere.next(after: .unavailable(reason: "no node"), from: nil, now: start)
        #expect(next == .wait(for: .map, refresh: true))
    }

    @Test("fails at once where asking again would change nothing")
    func final() {
        let errors: [RedisError] = [
            server("WRONGTYPE"), server("NOPERM"), server("NOSCRIPT"), server("OOM"), server("ERR", "x"),
            server("CROSSSLOT"), server("MOVED", "nonsense"), server("ASK", "1 b:0"), server("MOVED", "16384 b:1"),
            .timedOut, .overloaded, .cancelled, .unexpectedReply("x"),
        ]
        for error in errors { #expect(first(error) == .fail(error)) }
    }

    @Test("pauses twice as long each time, up to a tenth of a second")
    func pauses() {
        var attempts = attempts(timeout: .seconds(60))
        let pauses = (0..<200).map { _ -> Duration? in
            guard case .pause(let pause, _) = attempts.next(after: server("TRYAGAIN"), from: Self.node, now: start)
            else { return nil }
            return pause
        }
        #expect(Array(pauses.prefix(7)) == [2, 4, 8, 16, 32, 64, 100].map { Duration.milliseconds($0) })
        #expect(pauses.dropFirst(7).allSatisfy { $0 == .milliseconds(100) })
    }

    @Test("does not begin a pause that its deadline would end")
    func deadline() {
        for (left, isPatient) in [(3, true), (2, false), (1, false), (0, false), (-5, false)] {
            var attempts = attempts(timeout: .milliseconds(left))
            let error = server("TRYAGAIN")
            let next = attempts.next(after: error, from: Self.node, now: start)
            #expect(next == (isPatient ? .pause(.milliseconds(2), refresh: false) : .fail(error)))
        }
    }

    @Test("of a node that has left says so, when there is no time for another")
    func nodeLeft() {
        var attempts = attempts(timeout: .zero)
        _ = attempts.next(after: .shutDown, from: Self.node, now: start)
        #expect(attempts.expired == .unavailable(reason: "the node has left the cluster"))
    }

    @Test("gives up when it is sent in circles", arguments: ["MOVED", "ASK"])
    func circles(code: String) {
        var attempts = attempts()
        for hop in 1...ClusterAttempts.maximumHops {
            let next = attempts.next(after: server(code, "1 b:\(hop)"), from: Self.node, now: start)
            let endpoint = RedisEndpoint.tcp(host: "b", port: UInt16(hop))
            #expect(next == (code == "ASK" ? .ask(endpoint) : .moved(endpoint)))
        }
        let next = attempts.next(after: server(code, "1 b:99"), from: Self.node, now: start)
        #expect(next == .fail(.unavailable(reason: "the cluster's nodes send us in circles")))
    }

    @Test("waits for a node that sends it to itself, but not for ever", arguments: ["MOVED", "ASK"])
    func toItself(code: String) {
        var attempts = attempts()
        for _ in 1...ClusterAttempts.maximumHops {
            guard
                case .pause(_, refresh: true) = attempts.next(
                    after: server(code, "1 a:1"), from: Self.node, now: start)
            else { return #expect(Bool(false), "it did not wait") }
        }
        guard case .fail(.unavailable) = attempts.next(after: server(code, "1 :1"), from: Self.node, now: start) else {
            return #expect(Bool(false), "it did not give up")
        }
    }

    @Test("fails where a node on a Unix socket says that the slot is at its own host")
    func noHost() {
        let next = first(server("MOVED", "1 :2"), from: .unixSocket(path: "/redis"))
        #expect(next == .fail(.unavailable(reason: "the cluster does not tell where a slot is")))
    }
}
