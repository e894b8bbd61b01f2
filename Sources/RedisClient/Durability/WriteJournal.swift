import DequeModule
import Synchronization

/// What this process wrote lately and cannot yet tell to be on every replica: to be applied again at a server that may
/// have lost it. Bounded in number and age; what leaves it unconfirmed is counted.
///
/// Only writes that may be applied at any later time belong here: monotone and idempotent ones.
package final class WriteJournal: Sendable {
    package struct Limits: Hashable, Sendable {
        package var maximumEntries: Int
        package var maximumAge: Duration

        package init(maximumEntries: Int, maximumAge: Duration) {
            self.maximumEntries = maximumEntries
            self.maximumAge = maximumAge
        }
    }

    /// One write, in the form in which it is applied again.
    struct Entry: Sendable {
        let number: UInt64
        let write: ScriptCall
        let addedAt: MonotonicTime
    }

    package struct Status: Hashable, Sendable {
        /// Not confirmed yet.
        package var pending = 0
        /// Known to be on the replicas.
        package var confirmed = 0
        /// Applied again at another server.
        package var replayed = 0
        /// Left for want of room or for age, unconfirmed.
        package var dropped = 0

        package init() {}
    }

    private struct State {
        var entries: Deque<Entry> = []
        var lastNumber: UInt64 = 0
        var counts = Status()
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
            var status = state.counts
            status.pending = state.entries.count
            return status
        }
    }

    /// Called where the acknowledgement is read, before anything else can happen on that connection.
    package func add(_ write: ScriptCall) {
        let waiter = change { state in
            state.lastNumber += 1
            state.entries.append(Entry(number: state.lastNumber, write: write, addedAt: .now()))
            if state.entries.count > limits.maximumEntries {
                state.entries.removeFirst()
                state.counts.dropped += 1
            }
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// In the order in which they were acknowledged.
    var entries: [Entry] { change { Array($0.entries) } }

    func confirm(_ numbers: Set<UInt64>) {
        change { state in
            let before = state.entries.count
            state.entries.removeAll { numbers.contains($0.number) }
            state.counts.confirmed += before - state.entries.count
        }
    }

    func countReplayed(_ number: Int) {
        change { $0.counts.replayed += number }
    }

    /// Returns when there is something in it; `false` once it is closed.
    func waitForEntries() async -> Bool {
        await withUnsafeContinuation { continuation in
            let isWaiting = change { state in
                guard state.entries.isEmpty, !state.isClosed else { return false }
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
            while let oldest = state.entries.first, now >= oldest.addedAt + limits.maximumAge {
                state.entries.removeFirst()
                state.counts.dropped += 1
            }
            defer { count.store(state.entries.count, ordering: .releasing) }
            return body(&state)
        }
    }
}
