import DequeModule
import Synchronization

/// What this process wrote lately: to be applied again at a server that may have lost it. Bounded in number, memory and
/// age: the oldest makes room.
///
/// An entry stays when all replicas have it: they are no help against a master that is started again with older data
/// before any of them could take its place. One about the same as an earlier one takes its place.
///
/// Only writes that may be applied at any later time belong here: monotone and idempotent ones.
package final class WriteJournal: Sendable {
    package struct Limits: Hashable, Sendable {
        package var maximumEntries: Int
        /// Of each lane, about. The newest entry stays, however large it is.
        package var maximumBytes: Int
        package var maximumAge: Duration

        package init(maximumEntries: Int, maximumBytes: Int = .max, maximumAge: Duration) {
            self.maximumEntries = maximumEntries
            self.maximumBytes = maximumBytes
            self.maximumAge = maximumAge
        }
    }

    /// Entries make room for those of their own lane only, so that a sweep over all there is pushes nothing else out.
    package enum Lane: Int, CaseIterable, Sendable {
        case single, sweep
        /// What there is once in each slot, and belongs together: bounded by that, not by the number of entries.
        case everySlot
    }

    /// One write, in the form in which it is applied again.
    struct Entry: Sendable {
        let number: UInt64
        let write: ScriptCall
        let slot: HashSlot
        let lane: Lane
        /// What it takes, about.
        let bytes: Int
        let addedAt: MonotonicTime
        var isConfirmed = false
    }

    package struct Status: Hashable, Sendable {
        /// Not known to be on every replica.
        package var pending = 0
        /// Known to be on every replica; since the beginning.
        package var confirmed = 0
        /// Applied again at another server.
        package var replayed = 0
        /// Left for want of room or for age, unconfirmed.
        package var dropped = 0
        /// What the entries take now, about.
        package var bytes = 0

        package init() {}
    }

    fileprivate struct State {
        var entries: [UInt64: Entry] = [:]
        /// A cluster's failover asks for hundreds of slots one by one, while others wait.
        var bySlot: [HashSlot: Set<UInt64>] = [:]
        /// The numbers of a lane's entries, oldest first; some are of entries that were replaced.
        var order = Lane.allCases.map { _ in Deque<UInt64>() }
        var counts = Lane.allCases.map { _ in 0 }
        var bytes = Lane.allCases.map { _ in 0 }
        var numbers: [ScriptCall.Subject: UInt64] = [:]
        var lastNumber: UInt64 = 0
        var status = Status()
        var isClosed = false
        var waiter: UnsafeContinuation<Void, Never>?
    }

    private let limits: Limits
    private let state = Mutex(State())
    /// So that a connection without one to go to finds out without the lock.
    private let count = Atomic<Int>(0)

    package init(limits: Limits) {
        self.limits = limits
    }

    package var isEmpty: Bool { count.load(ordering: .acquiring) == 0 }

    package var status: Status {
        change { state in
            var status = state.status
            status.bytes = state.bytes.reduce(0, +)
            return status
        }
    }

    /// Called where the acknowledgement is read, before anything else can happen on that connection.
    package func add(_ write: ScriptCall, lane: Lane = .single) {
        let waiter = change { state in
            state.lastNumber += 1
            let number = state.lastNumber
            var write = write
            if let former = state.numbers.updateValue(number, forKey: write.subject) {
                if let earlier = state.entries[former]?.write { write = write.standing(for: earlier) }
                state.remove(former)
            }
            let entry = Entry(
                number: number, write: write, slot: write.slot, lane: lane, bytes: write.footprint, addedAt: .now())
            state.entries[number] = entry
            state.bySlot[entry.slot, default: []].insert(number)
            state.status.pending += 1
            state.counts[lane.rawValue] += 1
            state.bytes[lane.rawValue] += entry.bytes
            state.order[lane.rawValue].append(number)
            state.makeRoom(in: lane.rawValue, within: limits)
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// In the order in which they were acknowledged.
    var entries: [Entry] { entries { _ in true } }

    func entries(after number: UInt64) -> [Entry] { entries { $0.number > number } }

    var unconfirmed: [Entry] { entries { !$0.isConfirmed } }

    func entries(in slot: HashSlot, after number: UInt64 = 0) -> [Entry] {
        if isEmpty { return [] }
        return change { state in
            let numbers = (state.bySlot[slot] ?? []).filter { $0 > number }.sorted()
            return numbers.compactMap { state.entries[$0] }
        }
    }

    /// Those that it has something for.
    var slots: Set<HashSlot> { isEmpty ? [] : change { Set($0.bySlot.keys) } }

    private func entries(where isWanted: (Entry) -> Bool) -> [Entry] {
        change { Array($0.entries.values) }.filter(isWanted).sorted { $0.number < $1.number }
    }

    func confirm(_ numbers: some Sequence<UInt64>) {
        change { state in
            for number in numbers where state.entries[number]?.isConfirmed == false {
                state.entries[number]?.isConfirmed = true
                state.status.pending -= 1
                state.status.confirmed += 1
            }
        }
    }

    func countReplayed(_ number: Int) {
        change { $0.status.replayed += number }
    }

    var lastNumber: UInt64 { state.withLock(\.lastNumber) }

    /// Returns when there is something unconfirmed in it, and something newer than `number`; `false` once it is closed.
    func waitForUnconfirmed(after number: UInt64 = 0) async -> Bool {
        await withUnsafeContinuation { continuation in
            let isWaiting = change { state in
                let isThere = state.status.pending > 0 && state.lastNumber > number
                guard !isThere, !state.isClosed else { return false }
                state.waiter = continuation
                return true
            }
            if !isWaiting { continuation.resume() }
        }
        return state.withLock { !$0.isClosed }
    }

    func close() {
        let waiter = state.withLock { state in
            state.isClosed = true
            return state.waiter.take()
        }
        waiter?.resume()
    }

    private func change<Result: Sendable>(_ body: (inout State) -> sending Result) -> Result {
        let now = MonotonicTime.now()
        return state.withLock { state in
            state.forget(before: now, age: limits.maximumAge)
            defer { count.store(state.entries.count, ordering: .releasing) }
            return body(&state)
        }
    }
}

extension WriteJournal.State {
    fileprivate mutating func remove(_ number: UInt64) {
        guard let entry = entries.removeValue(forKey: number) else { return }
        bySlot[entry.slot]?.remove(number)
        if bySlot[entry.slot]?.isEmpty == true { bySlot[entry.slot] = nil }
        counts[entry.lane.rawValue] -= 1
        bytes[entry.lane.rawValue] -= entry.bytes
        if !entry.isConfirmed { status.pending -= 1 }
    }

    /// Leaves without having been replaced.
    private mutating func drop(_ number: UInt64) {
        guard let entry = entries[number] else { return }
        if !entry.isConfirmed { status.dropped += 1 }
        numbers[entry.write.subject] = nil
        remove(number)
    }

    fileprivate mutating func forget(before now: MonotonicTime, age: Duration) {
        for lane in order.indices {
            while let oldest = order[lane].first {
                if let entry = entries[oldest] {
                    guard now >= entry.addedAt + age else { break }
                    drop(oldest)
                }
                order[lane].removeFirst()
            }
        }
    }

    fileprivate mutating func makeRoom(in lane: Int, within limits: WriteJournal.Limits) {
        // Those that were replaced are cleared away when they are as many as the others.
        if order[lane].count > 2 * max(limits.maximumEntries, counts[lane]) {
            order[lane].removeAll { entries[$0] == nil }
        }
        let most = lane == WriteJournal.Lane.everySlot.rawValue ? HashSlot.count : limits.maximumEntries
        while counts[lane] > most || counts[lane] > 1 && bytes[lane] > limits.maximumBytes,
            let oldest = order[lane].popFirst()
        {
            drop(oldest)
        }
    }
}
