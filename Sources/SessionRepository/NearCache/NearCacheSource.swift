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
    private let numbers: NearCacheEpochs

    init(numbers: NearCacheEpochs) {
        self.numbers = numbers
    }

    var epoch: UInt64 { current.load(ordering: .acquiring) }

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
