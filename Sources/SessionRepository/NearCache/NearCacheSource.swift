package import RedisClient
import Synchronization

/// One server as the cache knows it: whether every change there is heard of, and since when without a gap.
///
/// Whoever looks after the connections says so: `becomeCurrent` when the connection that asks and the one that listens
/// both stand, `loseCurrency` as soon as either falls. What was asked before a gap is never used after it.
package final class NearCacheSource: Sendable {
    /// A number that no other source and no earlier time of this one has ever had, or zero while changes may go
    /// unheard. What is remembered carries the number under which it was asked for and is good under no other one: to
    /// change the number is to forget everything, at once and without touching it.
    private let current = Atomic<UInt64>(0)
    /// Until when the server counts as a master: nanoseconds of the clock that lookups read anyway.
    private let confirmedUntil = Atomic<Int64>(.min)
    private let numbers: NearCacheEpochs

    init(numbers: NearCacheEpochs) {
        self.numbers = numbers
    }

    var epoch: UInt64 { current.load(ordering: .acquiring) }

    /// Zero also when the server has not shown lately that it is a master.
    func epoch(at now: MonotonicTime) -> UInt64 {
        now.nanoseconds < confirmedUntil.load(ordering: .relaxed) ? epoch : 0
    }

    /// The server has shown that it is a master. What is remembered of it is used until `moment`, and then not before the
    /// next confirmation.
    package func confirm(until moment: MonotonicTime) {
        confirmedUntil.store(moment.nanoseconds, ordering: .relaxed)
    }

    /// From now on every change is heard of.
    package func becomeCurrent() {
        current.store(numbers.next(), ordering: .releasing)
    }

    /// From now on changes may go unheard: forgets everything, and remembers nothing until `becomeCurrent`.
    package func loseCurrency() {
        let epoch = current.exchange(0, ordering: .acquiringAndReleasing)
        if epoch != 0 { numbers.countFlush() }
    }

    /// Forgets everything, because everything may have changed, as after FLUSHALL.
    package func flush() {
        var epoch = current.load(ordering: .acquiring)
        let next = numbers.next()
        while epoch != 0 {
            let (exchanged, original) = current.compareExchange(
                expected: epoch, desired: next, ordering: .acquiringAndReleasing)
            if exchanged { return numbers.countFlush() }
            epoch = original
        }
    }
}

/// Where all sources of one cache draw their numbers.
final class NearCacheEpochs: Sendable {
    private let last = Atomic<UInt64>(0)
    private let flushed = Atomic<Int>(0)

    var flushes: Int { flushed.load(ordering: .relaxed) }

    func next() -> UInt64 {
        last.add(1, ordering: .relaxed).newValue
    }

    func countFlush() {
        flushed.add(1, ordering: .relaxed)
    }
}
