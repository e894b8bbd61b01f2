import Synchronization

/// Slots of a server that must not be asked before what the journal has for them has been applied there.
final class OpenSlots: Sendable {
    private let slots = Mutex<Set<HashSlot>>([])
    /// So that the usual case takes no lock.
    private let count = Atomic<Int>(0)

    func contains(_ slot: HashSlot?) -> Bool {
        guard let slot, count.load(ordering: .acquiring) > 0 else { return false }
        return slots.withLock { $0.contains(slot) }
    }

    func replace(with new: Set<HashSlot>) {
        change { $0 = new }
    }

    func remove(_ slot: HashSlot) {
        change { $0.remove(slot) }
    }

    private func change(_ body: (inout Set<HashSlot>) -> Void) {
        slots.withLock { slots in
            body(&slots)
            count.store(slots.count, ordering: .releasing)
        }
    }
}
