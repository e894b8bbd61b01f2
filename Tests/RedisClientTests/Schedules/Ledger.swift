@testable import RedisClient

/// What the callers of a schedule know: what they asked, and what became of it.
struct Ledger {
    struct Item {
        let bytes: Int
        let deadline: MonotonicTime
        let isIdempotent: Bool
        let replies: Int
        var sends = 0
        var isCancelled = false
        /// The connection broke, or the server refused the log-in, after this was sent.
        var lostAfterSending = false
        /// The connection went away, and the machine is not to wait for another.
        var isGivenUp = false
    }

    /// Not answered yet.
    private(set) var open: [Int: Item] = [:]
    /// How many replies the server has for each, answered or not.
    private(set) var replies: [Int: Int] = [:]
    private(set) var submitted = 0
    private(set) var submittedBytes = 0
    private(set) var released = 0
    private(set) var releasedBytes = 0

    mutating func add(_ item: Item) -> Int {
        submitted += 1
        submittedBytes += item.bytes
        open[submitted] = item
        replies[submitted] = item.replies
        return submitted
    }

    mutating func release(commands: Int, bytes: Int) {
        released += commands
        releasedBytes += bytes
    }

    mutating func close(_ id: Int) -> Item? {
        open.removeValue(forKey: id)
    }

    mutating func update(_ id: Int, _ change: (inout Item) -> Void) {
        guard var item = open[id] else { return }
        change(&item)
        open[id] = item
    }
}
