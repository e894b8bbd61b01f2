import RedisClient

/// What must be in the store, by what this process has seen there: pure. Times are Unix seconds.
///
/// A session that was active a moment ago leaves a record until its end, or for the policy's retention after it was
/// terminated. A server without a single key has lost it.
struct StoreMemory {
    /// One server that was found empty.
    struct Loss: Equatable {
        let slots: Set<HashSlot>
        let at: Double
        /// Until when something must have been there.
        let due: Double
    }

    /// Until when there must be something, by slot; where there is one server, for one of them.
    private var due: [HashSlot: Double] = [:]
    private(set) var losses: [Loss] = []

    /// Less than this is not news: it spares most writes.
    static let resolution = 60.0

    /// How far the server's clock, which says when a session was created, may be from this machine's.
    static let clockMargin = 60.0

    /// - Returns: whether a server has got back what it had lost.
    mutating func saw(createdAt: Double, until end: Double, in slot: HashSlot) -> Bool {
        if end > due[slot, default: 0] { due[slot] = end }
        let count = losses.count
        losses.removeAll { $0.slots.contains(slot) && createdAt < $0.at - Self.clockMargin }
        return losses.count < count
    }

    func isDue(_ end: Double, in slot: HashSlot) -> Bool { end > due[slot, default: 0] + Self.resolution }

    /// A server without a key has these slots.
    /// - Returns: whether that is a loss, and news.
    mutating func foundEmpty(slots isThere: (HashSlot) -> Bool, now: Double) -> Bool {
        let lost = due.filter { $0.value > now && isThere($0.key) }
        guard let latest = lost.values.max() else { return false }
        for slot in lost.keys { due[slot] = nil }
        losses.removeAll { $0.due <= now }
        // New sessions that were lost as well: the same loss goes on.
        if let position = losses.firstIndex(where: { loss in loss.slots.contains(where: isThere) }) {
            let former = losses[position]
            losses[position] = Loss(
                slots: former.slots.union(lost.keys), at: former.at, due: max(former.due, latest))
            return false
        }
        losses.append(Loss(slots: Set(lost.keys), at: now, due: latest))
        return true
    }

    /// When the first server was found empty that still is missing something.
    func emptiedAt(now: Double) -> Double? {
        losses.filter { $0.due > now }.map(\.at).min()
    }

    var expectsAnything: Bool { !due.isEmpty }
}
