/// Whom to ask about a cluster, and when to stop waiting: pure.
///
/// All nodes with a standing connection are asked, and a few others: a node that was cut off answers like any other, and
/// only another one knows better. A node that does not answer holds up nobody for longer than 250 ms.
struct ClusterSurvey {
    /// As many as a large cluster should be asked at once.
    static let maximumConnected = 16
    /// Without a connection each costs a new one.
    static let strangersBesideConnected = 1
    static let strangersAlone = 3

    private(set) var toAsk: [RedisEndpoint]
    private var strangers: ArraySlice<RedisEndpoint>
    private var underWay = 0
    private var answers = 0
    private let connected: Set<RedisEndpoint>
    /// Whether a node has told its view that the connected ones have not.
    private var hasSecondOpinion = false
    /// When enough has been waited, or the next stranger is asked.
    private(set) var nextDeadline: MonotonicTime

    /// - Parameters: in the order in which they are to be asked.
    init(connected: [RedisEndpoint], strangers: [RedisEndpoint], now: MonotonicTime) {
        let chosen = connected.prefix(Self.maximumConnected)
        let first = chosen.isEmpty ? Self.strangersAlone : Self.strangersBesideConnected
        toAsk = Array(chosen + strangers.prefix(first))
        self.connected = Set(chosen)
        self.strangers = strangers.dropFirst(first)
        nextDeadline = now + AddressRace.delay
    }

    /// The nodes to ask now.
    mutating func takeToAsk() -> [RedisEndpoint] {
        underWay += toAsk.count
        defer { toAsk = [] }
        return toAsk
    }

    /// - Parameter isNews: whether it is not the view of a node that has answered already.
    mutating func answered(_ node: RedisEndpoint, isNews: Bool, now: MonotonicTime) {
        underWay -= 1
        answers += 1
        if answers == 1 { nextDeadline = now + AddressRace.delay }
        guard !connected.contains(node) else { return }
        if isNews { hasSecondOpinion = true } else if !hasSecondOpinion { askNext() }
    }

    /// Another is asked in its place, unless there are answers enough.
    mutating func failed(_ node: RedisEndpoint) {
        underWay -= 1
        if answers == 0 || (!connected.contains(node) && !hasSecondOpinion) { askNext() }
    }

    mutating func timePassed(now: MonotonicTime) {
        guard now >= nextDeadline, answers == 0 else { return }
        askNext()
        nextDeadline = strangers.isEmpty ? .distantFuture : now + AddressRace.delay
    }

    func isOver(now: MonotonicTime) -> Bool {
        if underWay == 0, toAsk.isEmpty { return true }
        return answers > 0 && now >= nextDeadline
    }

    private mutating func askNext() {
        if let next = strangers.popFirst() { toAsk.append(next) }
    }
}
