/// Which of several addresses a connection tries, and when: pure.
///
/// The next address is tried 250 ms after the one before it, or at once when an attempt fails; the first that answers wins
/// ("Happy Eyeballs", RFC 8305). An address that says nothing thus costs a quarter of a second, not the deadline.
struct AddressRace {
    enum Step: Equatable {
        /// Open a socket to the address at this index.
        case begin(Int)
        /// The attempt at this index has had its time.
        case giveUp(Int)
    }

    private struct Attempt {
        let index: Int
        let deadline: MonotonicTime
    }

    /// RFC 8305, section 8: the recommended "Connection Attempt Delay".
    static let delay = Duration.milliseconds(250)

    private var untried: [Int] = []
    private var running: [Attempt] = []
    private var nextBegin = MonotonicTime(nanoseconds: .min)

    init(addresses: Int = 0) {
        untried = Array(0..<addresses)
    }

    /// Whether no attempt is under way, and none is left to begin.
    var isOver: Bool { untried.isEmpty && running.isEmpty }

    /// Whether some address may still be tried, at first or again.
    var hasMore: Bool { !untried.isEmpty }

    /// Whether one attempt is under way, and no other can take its place: it need not answer to have won.
    var isDecided: Bool { untried.isEmpty && running.count == 1 }

    /// What to do at `now`; `nil` when there is nothing before the next event or `nextDeadline`.
    mutating func next(timeout: Duration, now: MonotonicTime) -> Step? {
        if let late = running.firstIndex(where: { now >= $0.deadline }) {
            return .giveUp(running.remove(at: late).index)
        }
        guard !untried.isEmpty, running.isEmpty || now >= nextBegin else { return nil }
        let index = untried.removeFirst()
        running.append(Attempt(index: index, deadline: now + timeout))
        nextBegin = now + Self.delay
        return .begin(index)
    }

    var nextDeadline: MonotonicTime {
        let given = running.map(\.deadline).min() ?? .distantFuture
        return untried.isEmpty ? given : min(given, nextBegin)
    }

    /// The attempt failed: the next one begins at once.
    mutating func lost(_ index: Int) {
        running.removeAll { $0.index == index }
        nextBegin = MonotonicTime(nanoseconds: .min)
    }

    /// The others are broken off. Should the server turn out to be useless, they come next.
    /// - Parameter index: `nil` for the attempt that began first.
    mutating func won(_ index: Int?) {
        let winner = index ?? running.first?.index
        untried = running.map(\.index).filter { $0 != winner } + untried
        running = []
        nextBegin = MonotonicTime(nanoseconds: .min)
    }

    /// Every attempt that is under way has failed.
    mutating func allLost() {
        running = []
        nextBegin = MonotonicTime(nanoseconds: .min)
    }
}
