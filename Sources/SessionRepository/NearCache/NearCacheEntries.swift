import RedisClient

/// A bounded set of sessions that forgets those which nobody asked for lately: CLOCK, an approximation of
/// least-recently-used in which a hit writes one flag and moves nothing.
///
/// A newcomer's flag is down, so that sessions seen once, however many, do not drive out those in use. The table is an
/// open one with linear probing, and the IDs are where the sessions are: in a large cache what a hit costs is how often
/// it waits for memory, which is twice here, for the slot and for the session.
struct NearCacheEntries: ~Copyable {
    /// Half a cache line.
    private struct Slot {
        var session: Session?
        /// What it is good under; see `NearCacheSource`.
        var epoch: UInt64 = 0
        var deadline = MonotonicTime(nanoseconds: 0)
        /// Tells most other sessions apart without looking at them, and finds all of one user.
        var owner: UInt32 = 0
        var isInUse = false
    }

    let capacity: Int
    private(set) var count = 0
    private(set) var evictions = 0
    /// A power of two in number, at most three quarters of them taken.
    private var slots: [Slot] = Array(repeating: Slot(), count: 8)
    private var hand = 0
    /// Nobody can choose IDs that collide.
    private let seed = UInt64.random(in: 0 ... .max)

    init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    mutating func find(_ id: SessionID, epoch: UInt64, now: MonotonicTime) -> Session? {
        guard let position = position(of: id), slots[position].epoch == epoch, now < slots[position].deadline else {
            return nil
        }
        if !slots[position].isInUse { slots[position].isInUse = true }
        return slots[position].session
    }

    mutating func insert(_ session: Session, epoch: UInt64, until deadline: MonotonicTime) {
        let slot = Slot(session: session, epoch: epoch, deadline: deadline, owner: session.id.value.tag.value)
        if let position = position(of: session.id) {
            slots[position] = slot
            return
        }
        if count == capacity { evict() }
        if (count + 1) * 4 > slots.count * 3 { grow() }
        place(slot, of: session.id)
        count += 1
    }

    /// Whether it was there.
    mutating func remove(_ id: SessionID) -> Bool {
        guard let position = position(of: id) else { return false }
        remove(at: position)
        return true
    }

    /// How many there were.
    mutating func removeAll(of owner: HashTag) -> Int {
        let before = count
        for position in slots.indices {
            // What fills the gap is looked at too.
            while slots[position].owner == owner.value, slots[position].session != nil { remove(at: position) }
        }
        return before - count
    }

    mutating func removeAll() {
        slots = Array(repeating: Slot(), count: 8)
        (count, hand) = (0, 0)
    }

    /// Ends within two turns: the first lowers every flag.
    private mutating func evict() {
        while true {
            hand = (hand + 1) & (slots.count - 1)
            guard slots[hand].session != nil else { continue }
            if !slots[hand].isInUse { break }
            slots[hand].isInUse = false
        }
        remove(at: hand)
        evictions += 1
        // What has filled the gap has not been looked at.
        hand -= 1
    }
}

// MARK: - The table

extension NearCacheEntries {
    private func home(of id: SessionID) -> Int {
        let random = id.value.random
        let (high, low) = (random.low ^ seed).multipliedFullWidth(by: random.high ^ 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: high ^ low) & (slots.count - 1)
    }

    private func position(of id: SessionID) -> Int? {
        var position = home(of: id)
        while let session = slots[position].session {
            if slots[position].owner == id.value.tag.value, session.id == id { return position }
            position = (position + 1) & (slots.count - 1)
        }
        return nil
    }

    private mutating func place(_ slot: Slot, of id: SessionID) {
        var position = home(of: id)
        while slots[position].session != nil { position = (position + 1) & (slots.count - 1) }
        slots[position] = slot
    }

    /// Closes the gap with those behind it that would not be found across it.
    private mutating func remove(at position: Int) {
        let mask = slots.count - 1
        var gap = position
        var next = (gap + 1) & mask
        while let session = slots[next].session {
            let home = home(of: session.id)
            if (next - home) & mask >= (next - gap) & mask {
                slots[gap] = slots[next]
                gap = next
            }
            next = (next + 1) & mask
        }
        slots[gap] = Slot()
        count -= 1
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(), count: 2 * old.count)
        hand = 0
        for slot in old {
            if let session = slot.session { place(slot, of: session.id) }
        }
    }
}
