import DequeModule

/// Callers that wait in a cluster for the same thing, such as a node that says CLUSTERDOWN: pure. One at a time asks
/// again, after pauses that grow. When one of them gets an answer, all go on.
struct ClusterRoom<ID: Hashable> {
    struct Turn: Equatable {
        /// Asks again.
        var next: ID?
        /// Their time ends before there is another turn.
        var expired: [ID] = []
    }

    private let pause: (Int) -> Duration
    private var waiting: Deque<(id: ID, deadline: MonotonicTime)> = []
    private var pauses = 0
    /// When the next one asks again.
    private(set) var nextTurn: MonotonicTime

    /// - Parameter pauses: how many the first caller has had.
    init(
        pauses: Int, now: MonotonicTime, using random: inout some RandomNumberGenerator,
        pause: @escaping (Int) -> Duration = ClusterPause.after
    ) {
        self.pause = pause
        self.pauses = pauses
        nextTurn = now
        schedule(after: now, using: &random)
    }

    var isEmpty: Bool { waiting.isEmpty }

    /// - Returns: `false` when its time ends before there is a turn.
    mutating func join(_ id: ID, until deadline: MonotonicTime) -> Bool {
        guard nextTurn < deadline else { return false }
        waiting.append((id, deadline))
        return true
    }

    mutating func leave(_ id: ID) {
        waiting.removeAll { $0.id == id }
    }

    mutating func turn(now: MonotonicTime, using random: inout some RandomNumberGenerator) -> Turn {
        guard now >= nextTurn else { return Turn() }
        schedule(after: now, using: &random)
        var turn = Turn(next: waiting.popFirst()?.id)
        waiting.removeAll { entry in
            guard entry.deadline <= nextTurn else { return false }
            turn.expired.append(entry.id)
            return true
        }
        return turn
    }

    /// What they wait for is there.
    mutating func open() -> [ID] {
        defer { waiting = [] }
        return waiting.map(\.id)
    }

    /// Half of the pause at least: processes that began to wait together do not go on in step.
    private mutating func schedule(after now: MonotonicTime, using random: inout some RandomNumberGenerator) {
        nextTurn = now + pause(pauses) * Double.random(in: 0.5...1, using: &random)
        pauses += 1
    }
}

/// How long a caller of a cluster waits before it asks again.
enum ClusterPause {
    /// From two milliseconds to a hundred, doubling.
    static func after(_ pauses: Int) -> Duration { .milliseconds(min(2 << min(pauses, 6), 100)) }
}
