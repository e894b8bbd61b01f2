import TestSupport
import Testing

@testable import RedisClient

/// One random life of a connection: plays the callers, the loop, the network and the server against the machine, and
/// notes the first promise that it breaks. The seed decides everything.
final class Schedule: RandomSchedule {
    /// The connection as the server sees it.
    enum Link {
        case none
        case resolving
        case connecting
        case loggingIn(stepsDue: Int)
        case ready
    }

    let seed: UInt64
    /// Addresses may keep silent for so long that several are tried at once.
    let isSlow: Bool
    var random: SplitMix64
    var machine: ConnectionMachine<Int, SplitMix64>
    var ledger = Ledger()
    var link = Link.none
    var now: MonotonicTime
    var drainDeadline: MonotonicTime?
    var wasRefused = false
    /// Of those resolved, how many have not been tried.
    var addressesLeft = 0
    /// Addresses that are being tried.
    var attempts: [Int] = []
    var server = ScheduledServer()
    /// What the machine was given as the answer to each command, and has not been proved.
    var staged: [Int: ScheduledServer.Reply] = [:]
    /// Replies that were taken for the oldest command without all of them.
    var partsTaken = 0
    /// Sent and not proved, in order.
    var unproved: [Int] = []
    /// The server is a master no more.
    var isDemoted = false
    /// Negative control: nonces are taken for right without a look at them.
    var believesEverything = false
    /// A life in which commands queue at a server that goes on answering.
    let isCrowded: Bool
    var isFinished = false
    /// How many replies the machine has proved, and how often it sent a command again.
    var repliesProved = 0
    var resends = 0
    var violation: String?
    /// How often each kind of thing happened, so that a test can tell that the schedules reach all of them.
    var seen: [String: Int] = [:]

    init(seed: UInt64, believesEverything: Bool = false, isCrowded: Bool = false) {
        self.seed = seed
        self.isCrowded = isCrowded
        let isSlow = seed % 4 == 0
        self.isSlow = isSlow
        self.believesEverything = believesEverything
        random = SplitMix64(seed: seed)
        now = MonotonicTime(nanoseconds: Int64.random(in: 0...1 << 50, using: &random))
        machine = ConnectionMachine(
            limits: .init(
                connectTimeout: .milliseconds(Int.random(in: 1...(isSlow ? 600 : 200), using: &random)),
                stallMargin: .milliseconds(Int.random(in: 0...100, using: &random)),
                maximumCommandsInFlight: Int.random(in: 1...12, using: &random),
                maximumBytesInFlight: Int.random(in: 1...2000, using: &random),
                failsFast: Int.random(in: 0..<100, using: &random) < 30,
                freshness: .init(
                    interval: .milliseconds(Int.random(in: 20...500, using: &random)),
                    nameInterval: Int.random(in: 0..<2, using: &random) == 0 ? .milliseconds(40) : nil,
                    isAlwaysNeeded: Int.random(in: 0..<2, using: &random) == 0),
                // As impatient as it takes to see queues in so short a life.
                pace: .init(
                    target: 100_000, interval: 2_000_000, leastServed: 2,
                    firstWindow: Int.random(in: 1...12, using: &random))),
            random: SplitMix64(seed: random.next()))
    }

    func run(events: Int) {
        for _ in 0..<events where violation == nil {
            happen()
            settle()
        }
        end()
    }

    private func happen() {
        if isCrowded {
            if chance(50) { submit() } else { hearFromNetwork() }
            if chance(30) { takeReleased() }
            now = now + .microseconds(Int.random(in: 0...3000, using: &random))
            return
        }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<35: submit()
        case 35..<42: cancel()
        case 42..<75: hearFromNetwork()
        case 75..<80: disturb()
        case 80..<98: passTime()
        case 98: machine.staysConnected = chance(50)
        default: shutDown()
        }
        if chance(30) { takeReleased() }
    }

    // MARK: The callers

    private func submit() {
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let item = Ledger.Item(
                bytes: Int.random(in: 1...(chance(5) ? 5000 : 300), using: &random),
                deadline: now
                    + .milliseconds(Int.random(in: chance(3) ? -5...0 : isCrowded ? 1...60 : 1...400, using: &random)),
                isIdempotent: chance(70), replies: chance(20) ? Int.random(in: 2...4, using: &random) : 1)
            let id = ledger.add(item)
            machine.submit(
                id, id: UInt64(id), bytes: item.bytes, replies: item.replies, isIdempotent: item.isIdempotent,
                deadline: item.deadline)
        }
    }

    /// Of what is open, of what was answered long since, and of what never was.
    private func cancel() {
        var ids: Set<UInt64> = []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let id = Int.random(in: max(1, ledger.submitted - 12)...(ledger.submitted + 1), using: &random)
            ids.insert(UInt64(id))
            ledger.update(id) { $0.isCancelled = true }
        }
        machine.cancel(ids)
    }

    private func shutDown() {
        let deadline = now + .milliseconds(Int.random(in: 0...300, using: &random))
        drainDeadline = min(deadline, drainDeadline ?? deadline)
        machine.shutDown(deadline: deadline)
    }

    func takeReleased() {
        let released = machine.takeReleased()
        check(released.commands >= 0 && released.bytes >= 0, "less than nothing was released")
        ledger.release(commands: released.commands, bytes: released.bytes)
    }

    private func passTime() {
        let target = now + .microseconds(Int.random(in: 0...(chance(10) ? 900_000 : 60_000), using: &random))
        // A loop that oversleeps is late, but breaks nothing.
        while !chance(3), violation == nil, machine.nextDeadline <= target {
            now = machine.nextDeadline
            settle()
        }
        now = max(now, target)
    }

    // MARK: The end

    private func end() {
        if !isFinished, chance(50) || drainDeadline == nil { shutDown() }
        var turns = 0
        while !isFinished, violation == nil {
            turns += 1
            check(turns < 10_000, "it never ends")
            if chance(50) { hearFromNetwork() } else { now = max(now, min(machine.nextDeadline, now + .seconds(3600))) }
            settle()
        }
        guard violation == nil else { return }
        submit()
        settle()
        takeReleased()
        check(ledger.open.isEmpty, "unanswered at the end: \(ledger.open.keys.sorted())")
        check(ledger.submitted == ledger.released, "\(ledger.submitted) submitted, \(ledger.released) released")
        check(ledger.submittedBytes == ledger.releasedBytes, "bytes submitted and released differ")
    }
}
