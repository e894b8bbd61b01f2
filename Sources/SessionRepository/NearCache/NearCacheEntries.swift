import RedisClient

/// A bounded set of sessions that forgets those which nobody asked for lately: CLOCK, an approximation of
/// least-recently-used in which a hit writes one flag and moves nothing.
///
/// A newcomer's flag is down, so that sessions seen once, however many, do not drive out those in use.
struct NearCacheEntries: ~Copyable {
    private struct Entry {
        var session: Session
        /// What it is good under; see `NearCacheSource`.
        var epoch: UInt64
        var deadline: MonotonicTime
        var isInUse = false
    }

    let capacity: Int
    private(set) var evictions = 0
    /// Where in `entries` each session lies. Its hashes are seeded by the process: nobody can choose IDs that collide.
    private var positions: [SessionID: Int] = [:]
    private var entries: [Entry] = []
    /// Whose session each entry is, by itself, so that all of one user are found at a glance.
    private var owners: [HashTag] = []
    private var hand = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    var count: Int { entries.count }

    mutating func find(_ id: SessionID, epoch: UInt64, now: MonotonicTime) -> Session? {
        guard let position = positions[id], entries[position].epoch == epoch, now < entries[position].deadline else {
            return nil
        }
        entries[position].isInUse = true
        return entries[position].session
    }

    mutating func insert(_ session: Session, epoch: UInt64, until deadline: MonotonicTime) {
        let entry = Entry(session: session, epoch: epoch, deadline: deadline)
        if let position = positions[session.id] {
            entries[position] = entry
        } else if entries.count < capacity {
            positions[session.id] = entries.count
            entries.append(entry)
            owners.append(session.id.value.tag)
        } else {
            let position = advanceToVictim()
            positions[entries[position].session.id] = nil
            positions[session.id] = position
            entries[position] = entry
            owners[position] = session.id.value.tag
            evictions += 1
        }
    }

    /// Whether it was there.
    mutating func remove(_ id: SessionID) -> Bool {
        guard let position = positions[id] else { return false }
        remove(at: position)
        return true
    }

    /// How many there were.
    mutating func removeAll(of owner: HashTag) -> Int {
        let before = entries.count
        // From the end, because the last one fills the gap.
        for position in owners.indices.reversed() where owners[position] == owner { remove(at: position) }
        return before - entries.count
    }

    private mutating func remove(at position: Int) {
        positions[entries[position].session.id] = nil
        let (last, owner) = (entries.removeLast(), owners.removeLast())
        guard position < entries.count else { return }
        entries[position] = last
        owners[position] = owner
        positions[last.session.id] = position
    }

    /// Ends within two turns: the first lowers every flag.
    private mutating func advanceToVictim() -> Int {
        while true {
            if hand >= entries.count { hand = 0 }
            defer { hand += 1 }
            guard entries[hand].isInUse else { return hand }
            entries[hand].isInUse = false
        }
    }
}
