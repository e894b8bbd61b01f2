import Testing

@testable import RedisClient

@Suite("The tracking machine")
struct TrackingMachineTests {
    private static let refusal = RedisError.server(code: "NOPERM", message: "no")
    private var machine = TrackingMachine()
    private var now = MonotonicTime(nanoseconds: 0)

    private mutating func handle(_ event: TrackingMachine.Event, after pause: Duration = .zero)
        -> [TrackingMachine.Action]
    {
        now = now + pause
        return machine.handle(event, now: now)
    }

    private mutating func makeCurrent() {
        _ = handle(.listeningBegan(client: 7, run: "a"))
        _ = handle(.readingBegan(run: "a"))
        _ = handle(.answered(number: 1, nil))
    }

    @Test("asks the server once both connections stand at the same run, in either order")
    mutating func pair() {
        #expect(handle(.readingBegan(run: "a")) == [])
        #expect(handle(.listeningBegan(client: 7, run: "a")) == [.request(number: 1, client: 7)])
        #expect(handle(.answered(number: 1, nil)) == [.begin])
        #expect(handle(.readingEnded) == [.end])
        #expect(handle(.readingBegan(run: "a")) == [.request(number: 2, client: 7)])
    }

    @Test("ends with either connection, before the next one begins", arguments: [true, false])
    mutating func ends(reading: Bool) {
        makeCurrent()
        #expect(handle(reading ? .readingEnded : .listeningEnded) == [.end])
        #expect(!machine.isCurrent)
    }

    @Test("ends when a connection begins whose predecessor's end was not reported", arguments: [true, false])
    mutating func beginsAgain(reading: Bool) {
        makeCurrent()
        let actions = handle(reading ? .readingBegan(run: "a") : .listeningBegan(client: 8, run: "a"))
        #expect(actions == [.end, .request(number: 2, client: reading ? 7 : 8)])
    }

    @Test("ignores the answer to a request for another pair")
    mutating func oldAnswer() {
        _ = handle(.readingBegan(run: "a"))
        _ = handle(.listeningBegan(client: 7, run: "a"))
        _ = handle(.listeningEnded)
        #expect(handle(.answered(number: 1, nil)) == [])
        #expect(handle(.listeningBegan(client: 8, run: "a")) == [.request(number: 2, client: 8)])
        #expect(handle(.answered(number: 1, Self.refusal)) == [])
        #expect(handle(.answered(number: 2, nil)) == [.begin])
    }

    @Test("moves the listening connection to the reading connection's server")
    mutating func relocation() {
        _ = handle(.listeningBegan(client: 7, run: "a"))
        #expect(handle(.readingBegan(run: "b")) == [.relocate(reason: "the master has moved")])
        #expect(handle(.retry) == [.relocate(reason: "changes are to be heard from another server")])
        #expect(handle(.listeningEnded) == [])
        #expect(handle(.retry) == [])
        #expect(handle(.listeningBegan(client: 7, run: "b")) == [.request(number: 1, client: 7)])
    }

    @Test("reports a refusal once, and asks again after 30 retries or with another pair")
    mutating func refusal() {
        _ = handle(.readingBegan(run: "a"))
        _ = handle(.listeningBegan(client: 7, run: "a"))
        #expect(handle(.answered(number: 1, Self.refusal)) == [.report("\(Self.refusal)")])
        for _ in 0..<TrackingMachine.refusalRetries { #expect(handle(.retry) == []) }
        #expect(handle(.retry) == [.request(number: 2, client: 7)])
        #expect(handle(.answered(number: 2, Self.refusal)) == [])
        #expect(handle(.readingEnded) == [])
        #expect(handle(.readingBegan(run: "a")) == [.request(number: 3, client: 7)])
    }

    @Test("asks again at the next retry when a request got lost")
    mutating func lostRequest() {
        _ = handle(.readingBegan(run: "a"))
        _ = handle(.listeningBegan(client: 7, run: "a"))
        #expect(handle(.retry) == [])
        #expect(handle(.answered(number: 1, .timedOut)) == [])
        #expect(handle(.retry) == [.request(number: 2, client: 7)])
    }

    @Test("bypasses a server that does not tell what it is, and reports that")
    mutating func unidentified() {
        _ = handle(.readingBegan(run: nil))
        let actions = handle(.listeningBegan(client: 7, run: nil))
        #expect(actions == [.report("the server does not tell which client and which server this is")])
        #expect(handle(.retry) == [])
        #expect(handle(.listeningBegan(client: nil, run: "a")) == [])
        #expect(handle(.readingBegan(run: "a")) == [])
    }

    @Test("ends when a heartbeat fails, and asks anew when the next one succeeds")
    mutating func failedHeartbeat() {
        makeCurrent()
        let start = now + .milliseconds(1)
        #expect(handle(.heartbeatFailed(since: start), after: .seconds(1)) == [.end])
        #expect(handle(.retry) == [])
        #expect(handle(.heard(since: now)) == [.request(number: 2, client: 7)])
        #expect(handle(.answered(number: 2, nil)) == [.begin])
    }

    @Test("does not take an answer from before the silence for one from after it")
    mutating func answerAcrossSilence() {
        _ = handle(.readingBegan(run: "a"))
        _ = handle(.listeningBegan(client: 7, run: "a"))
        _ = handle(.heartbeatFailed(since: now))
        #expect(handle(.answered(number: 1, nil)) == [])
        #expect(handle(.heard(since: now + .milliseconds(1)), after: .seconds(1)) == [.request(number: 2, client: 7)])
        #expect(handle(.answered(number: 1, nil)) == [])
        #expect(handle(.answered(number: 2, nil)) == [.begin])
    }

    @Test("ends when nothing has proved the listening connection for two seconds")
    mutating func silence() {
        makeCurrent()
        let began = now
        #expect(handle(.time, after: .seconds(1)) == [])
        let start = now
        #expect(machine.provedUntil == began + .seconds(2))
        #expect(handle(.heard(since: start), after: .milliseconds(900)) == [])
        #expect(machine.provedUntil == start + .seconds(2))
        #expect(handle(.time, after: .milliseconds(1100)) == [])
        #expect(handle(.time, after: .nanoseconds(1)) == [.end])
        #expect(machine.provedUntil == nil)
    }

    @Test("ignores a heartbeat that started before the listening connection began")
    mutating func oldHeartbeat() {
        let start = now
        now = now + .milliseconds(500)
        makeCurrent()
        #expect(handle(.heartbeatFailed(since: start)) == [])
        #expect(handle(.heard(since: start)) == [])
        #expect(machine.provedUntil == now + .seconds(2))
    }

    @Test("counts silence for nothing where that is assumed")
    mutating func assumption() {
        machine = TrackingMachine(assumesListening: true)
        makeCurrent()
        #expect(handle(.heartbeatFailed(since: now), after: .seconds(1)) == [])
        #expect(handle(.time, after: .seconds(60)) == [])
        #expect(machine.isCurrent)
        #expect(machine.provedUntil == .distantFuture)
    }
}
