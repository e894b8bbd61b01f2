import DequeModule
import TestSupport

@testable import RedisClient

/// A machine and its admission between callers that come at a fixed rate and a server that takes its time for each command,
/// under a clock of its own.
struct OverloadSimulation {
    /// What a second comes to.
    struct Second {
        var asked = 0
        var answered = 0
        /// By the admission, at once.
        var refused = 0
        /// Accepted, and failed before their time was over.
        var refusedLater = 0
        /// After so long.
        var longestUntilRefused = Duration.zero
        var late = 0
        var resets = 0
    }

    var timeout = Duration.seconds(1)
    var roundTrip = Duration.microseconds(100)
    /// From when on the way takes this long instead.
    var laterRoundTrip: (from: Duration, Duration)?
    var maximumCommands = 16_384
    /// Redis answers together what it has read together.
    var commandsPerRead = 1
    /// Negative control: the machine never learns the server's pace.
    var measuresPace = true
    /// For each command, at this time since the start.
    var serviceTime: (Duration) -> Duration
    /// How many callers come in the millisecond that begins then.
    var arrivals: (Int) -> Int

    func run(seconds: Int) async -> [Second] {
        var run = OverloadRun(self)
        for millisecond in 0..<(seconds * 1000) {
            run.step(millisecond)
            // It only computes: other tests have their turn meanwhile.
            await Task.yield()
        }
        return run.seconds
    }
}

/// One run of a simulation.
private struct OverloadRun: ~Copyable {
    private enum Sent {
        case command(Int)
        case nonce(Nonce)
    }

    private let scene: OverloadSimulation
    private let admission: Admission
    private var machine: ConnectionMachine<Int, SplitMix64>
    private var now = MonotonicTime(nanoseconds: 1 << 40)
    private let start = MonotonicTime(nanoseconds: 1 << 40)
    private var begun: [MonotonicTime] = []
    /// On its way to the server, which is busy until `busyUntil`, and back.
    private var atServer: Deque<(Sent, MonotonicTime)> = []
    private var busyUntil = MonotonicTime(nanoseconds: 0)
    private var onTheWayBack: Deque<(Sent, MonotonicTime)> = []
    private(set) var seconds: [OverloadSimulation.Second] = []

    init(_ scene: OverloadSimulation) {
        self.scene = scene
        var pace = ServicePace.Limits()
        if !scene.measuresPace { pace.firstWindow = scene.maximumCommands }
        machine = ConnectionMachine(
            limits: .init(
                connectTimeout: .seconds(1), stallMargin: .milliseconds(500), maximumCommandsInFlight: 4096,
                maximumBytesInFlight: 1 << 20, pace: pace),
            random: SplitMix64(seed: 1))
        admission = Admission(maximumCommands: scene.maximumCommands, maximumBytes: 64 << 20)
    }

    mutating func step(_ millisecond: Int) {
        if millisecond.isMultiple(of: 1000) { seconds.append(.init()) }
        for quarter in 0..<4 {
            now = start + .microseconds(1000 * millisecond + 250 * quarter)
            receive()
            let count = scene.arrivals(millisecond)
            for _ in 0..<(count / 4 + (quarter < count % 4 ? 1 : 0)) { ask() }
            act()
            work()
        }
    }

    private var roundTrip: Duration {
        if let later = scene.laterRoundTrip, now.duration(since: start) >= later.from {
            later.1
        } else {
            scene.roundTrip
        }
    }

    private mutating func note(_ change: (inout OverloadSimulation.Second) -> Void) {
        change(&seconds[seconds.count - 1])
    }

    private mutating func ask() {
        note { $0.asked += 1 }
        guard admission.admit(bytes: 100, timeout: scene.timeout) else { return note { $0.refused += 1 } }
        begun.append(now)
        machine.submit(
            begun.count, id: UInt64(begun.count), bytes: 100, isIdempotent: true, deadline: now + scene.timeout)
    }

    private mutating func act() {
        while let action = machine.nextAction(now: now) {
            switch action {
            case .resolve: machine.resolved(addressCount: 1)
            case .connect:
                machine.connected(handshakeReplies: 1, now: now)
                machine.handshakeStepSucceeded(now: now + roundTrip)
            case .send(let id): atServer.append((.command(id), now + roundTrip / 2))
            case .prove(let nonce): atServer.append((.nonce(nonce), now + roundTrip / 2))
            case .disconnect:
                note { $0.resets += 1 }
                (atServer, onTheWayBack) = ([], [])
            case .fail(let id, let error):
                let waited = now.duration(since: begun[id - 1])
                note {
                    guard error == .overloaded else { return $0.late += 1 }
                    $0.refusedLater += 1
                    $0.longestUntilRefused = max($0.longestUntilRefused, waited)
                }
            case .abandon, .askRole, .lookUpName, .finish: break
            }
        }
        if !scene.measuresPace { machine.pace.reset() }
        admission.bound(by: machine.nanosecondsPerCommand)
        let released = machine.takeReleased()
        admission.release(commands: released.commands, bytes: released.bytes)
    }

    private mutating func work() {
        while let (_, arrived) = atServer.first {
            let begin = max(busyUntil, arrived)
            guard begin <= now else { return }
            busyUntil = begin
            var (read, commands) = ([Sent](), 0)
            while commands < scene.commandsPerRead, let (sent, arrived) = atServer.first, arrived <= begin {
                atServer.removeFirst()
                read.append(sent)
                guard case .command = sent else { continue }
                commands += 1
                busyUntil = busyUntil + scene.serviceTime(begin.duration(since: start))
            }
            for sent in read { onTheWayBack.append((sent, busyUntil + roundTrip / 2)) }
        }
    }

    private mutating func receive() {
        while let (sent, arrives) = onTheWayBack.first, arrives <= now {
            onTheWayBack.removeFirst()
            _ = machine.replyArrived()
            guard case .nonce = sent else { continue }
            machine.nonceArrived(now: now)
            while let next = machine.nextProved() {
                if case .answer = next { note { $0.answered += 1 } }
            }
        }
    }
}
