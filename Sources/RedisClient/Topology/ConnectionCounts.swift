import Synchronization

/// How many of a client's connections stand, and how often one was made anew.
package final class ConnectionCounts: Sendable {
    private let standing = Atomic<Int>(0)
    private let repeated = Atomic<Int>(0)
    private let damaged = Atomic<Int>(0)
    private let slow = Atomic<Int>(0)

    package init() {}

    /// Logged in now.
    package var open: Int { standing.load(ordering: .relaxed) }
    /// Log-ins after a connection's first.
    package var reconnects: Int { repeated.load(ordering: .relaxed) }
    /// Connections that were closed because a reply was missing, was one too many, or answered something else.
    package var protocolFailures: Int { damaged.load(ordering: .relaxed) }

    /// Turns of a loop in which tasks on its thread took longer than `SlowTurns.limit`.
    package var slowTurns: Int { slow.load(ordering: .relaxed) }

    func countProtocolFailure() { damaged.add(1, ordering: .relaxed) }
    func countSlowTurn() { slow.add(1, ordering: .relaxed) }

    /// Counts one connection, and tells `next` what it is told.
    func observer(before next: (any ConnectionObserver)?) -> any ConnectionObserver {
        Observer(counts: self, next: next)
    }

    private final class Observer: ConnectionObserver {
        private let counts: ConnectionCounts
        private let next: (any ConnectionObserver)?
        private let hasBegun = Atomic(false)
        private let isOpen = Atomic(false)

        init(counts: ConnectionCounts, next: (any ConnectionObserver)?) {
            self.counts = counts
            self.next = next
        }

        func attached(_ mailbox: Mailbox) { next?.attached(mailbox) }

        func began(_ login: Login) {
            isOpen.store(true, ordering: .relaxed)
            counts.standing.add(1, ordering: .relaxed)
            if hasBegun.exchange(true, ordering: .relaxed) { counts.repeated.add(1, ordering: .relaxed) }
            next?.began(login)
        }

        func confirmed(until moment: MonotonicTime) { next?.confirmed(until: moment) }

        func ended() {
            if isOpen.exchange(false, ordering: .relaxed) { counts.standing.subtract(1, ordering: .relaxed) }
            next?.ended()
        }
    }
}
