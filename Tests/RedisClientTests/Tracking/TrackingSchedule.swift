import TestSupport

@testable import RedisClient

/// One random life of tracking: plays the servers, both connections, the heartbeat and the clock against the machine,
/// and notes the first moment in which the machine promises too much. The seed decides everything.
///
/// The promise: while the machine is current, a change made at the server now is sent to the listening connection. Two
/// exceptions, which no client can avoid: the end of one of the two connections is an event that its thread has not
/// delivered yet, and the listening connection has been silent for at most `TrackingMachine.silenceLimit`. That the
/// reading connection falls silent is not played: its own role checks find it.
final class TrackingSchedule: RandomSchedule {
    /// A driver that breaks the machine's contract in one way: a negative control.
    enum Fault: CaseIterable {
        case ignoresReadingEnd, ignoresListeningEnd, ignoresSilence, mistakesRuns, believesOldAnswers
    }

    struct Request {
        let number: UInt64
        let client: Int64
        /// Nobody waits for the answer any more.
        var isTimedOut = false
    }

    var random: SplitMix64
    let fault: Fault?
    var machine: TrackingMachine
    var now: MonotonicTime
    var world = TrackingWorld()
    /// What each connection's thread has yet to report, in this order.
    var readingEvents: [TrackingMachine.Event] = []
    var listeningEvents: [TrackingMachine.Event] = []
    var unsent: [Request] = []
    /// Sent on the reading connection, not read by the server.
    var inFlight: [Request] = []
    var beat: MonotonicTime?
    var lastBeat: MonotonicTime
    var isTracking = false
    var reports = 0
    var violation: String?
    /// How often each kind of thing happened, so that a test can tell that the schedules reach all of them.
    var seen: [String: Int] = [:]

    init(seed: UInt64, fault: Fault? = nil) {
        random = SplitMix64(seed: seed)
        self.fault = fault
        machine = TrackingMachine(assumesListening: fault == .ignoresSilence)
        now = MonotonicTime(nanoseconds: Int64.random(in: 0...1 << 50, using: &random))
        lastBeat = now
    }

    func run(events: Int) {
        for _ in 0..<events where violation == nil {
            happen()
            checkPromise()
        }
        if violation == nil { becomesCurrent() }
    }

    private func happen() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<10: connectReading(to: anyServer)
        case 10..<20: connectListening(to: anyServer)
        case 20..<36: deliver(from: \.readingEvents)
        case 36..<50: deliver(from: \.listeningEvents)
        case 50..<58: send()
        case 58..<68: serve()
        case 68..<70: timeOut()
        case 70..<80: answerBeat()
        case 80..<88: disturb()
        default: passTime(.microseconds(Int.random(in: 0...1_500_000, using: &random)))
        }
    }

    /// Mostly the same one, as when a name leads to the master.
    private var anyServer: Int { chance(75) ? 0 : 1 }

    // MARK: The driver

    func handle(_ event: TrackingMachine.Event) {
        var event = event
        switch event {
        case .readingEnded where fault == .ignoresReadingEnd: return
        case .listeningEnded where fault == .ignoresListeningEnd: return
        case .readingBegan where fault == .mistakesRuns: event = .readingBegan(run: "run")
        case .listeningBegan(let client, _) where fault == .mistakesRuns:
            event = .listeningBegan(client: client, run: "run")
        case .answered(let number, let error):
            guard case .requested(let wanted) = machine.phase, wanted != number else { break }
            seen["oldAnswer", default: 0] += 1
            if fault == .believesOldAnswers { event = .answered(number: wanted, error) }
        default: break
        }
        for action in machine.handle(event, now: now) { perform(action) }
        check(isTracking == machine.isCurrent, "the listener and the machine disagree after \(event)")
        if case .refused = machine.phase { seen["refused", default: 0] += 1 }
    }

    private func perform(_ action: TrackingMachine.Action) {
        switch action {
        case .request(let number, let client):
            unsent.append(Request(number: number, client: client))
        case .relocate:
            seen["relocate", default: 0] += 1
            // An attempt to connect is not broken off.
            if listeningEvents.isEmpty { closeListening() }
        case .begin:
            check(!isTracking, "tracking begins twice")
            isTracking = true
            seen["begin", default: 0] += 1
        case .end:
            check(isTracking, "tracking ends twice")
            isTracking = false
            seen["end", default: 0] += 1
        case .report:
            reports += 1
            check(reports == 1, "a refusal is reported twice")
        }
    }

    func deliver(from events: ReferenceWritableKeyPath<TrackingSchedule, [TrackingMachine.Event]>) {
        guard !self[keyPath: events].isEmpty else { return }
        handle(self[keyPath: events].removeFirst())
    }

    // MARK: The promise

    private func checkPromise() {
        guard machine.isCurrent else { return }
        if readingEvents.contains(.readingEnded) || listeningEvents.contains(.listeningEnded) {
            return seen["endOnItsWay", default: 0] += 1
        }
        if let since = world.listening?.silentSince {
            seen["silent", default: 0] += 1
            return check(now <= since + TrackingMachine.silenceLimit, "believes a connection that is silent")
        }
        check(world.isTold, "a change would not be heard")
    }

    /// Without further disturbance it takes as many heartbeats as a refusal is left alone, and a few more.
    private func becomesCurrent() {
        calm()
        settle()
        for _ in 0..<TrackingMachine.refusalRetries + 10 where !machine.isCurrent {
            let server = world.reading?.server ?? 0
            connectReading(to: server)
            connectListening(to: server)
            settle()
            passTime(.seconds(1))
            settle()
            checkPromise()
        }
        check(machine.isCurrent, "does not become current: \(machine.phase)")
        check(fault != nil || world.isTold, "current without being told")
    }

    private func settle() {
        while !readingEvents.isEmpty || !listeningEvents.isEmpty || !unsent.isEmpty || !inFlight.isEmpty {
            deliver(from: \.readingEvents)
            deliver(from: \.listeningEvents)
            let before = unsent.count
            send()
            serve()
            // Nothing is left but what waits for a connection.
            if world.reading == nil, unsent.count == before, readingEvents.isEmpty, listeningEvents.isEmpty { break }
        }
        answerBeat()
    }
}
