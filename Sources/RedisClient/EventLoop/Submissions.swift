import Synchronization

/// Commands on their way from any thread to the loop, without a lock: a list whose head is one word. Who pushes puts
/// theirs in front; the loop takes all and turns them round. The same word says whether the loop sleeps and whether it
/// is gone, so that exactly one push learns that the loop has to be woken.
final class Submissions: Sendable {
    /// One command as it was handed over.
    final class Item: @unchecked Sendable {
        let id: UInt64
        let request: any PendingCommand
        let timeout: Duration
        let isIdempotent: Bool
        // What makes the class not Sendable by itself. Written by the one who pushes, before others can see the item; then
        // read by the one who took it. The head's exchange orders the two.
        fileprivate var before = Submissions.empty

        init(id: UInt64, request: any PendingCommand, timeout: Duration, isIdempotent: Bool) {
            self.id = id
            self.request = request
            self.timeout = timeout
            self.isIdempotent = isIdempotent
        }
    }

    enum Pushed {
        case accepted
        /// And the loop sleeps: whoever gets this wakes it.
        case acceptedBySleeper
        case refused
    }

    // What is no address: the head is one of these, or the newest item.
    private static let empty: UInt = 0
    private static let asleep: UInt = 1
    private static let closed: UInt = 2

    private let head = Atomic<UInt>(Submissions.empty)

    // MARK: From any thread

    func push(_ item: Item) -> Pushed {
        let address = UInt(bitPattern: Unmanaged.passRetained(item).toOpaque())
        var seen = head.load(ordering: .relaxed)
        while seen != Self.closed {
            item.before = seen == Self.asleep ? Self.empty : seen
            let (isDone, now) = head.weakCompareExchange(
                expected: seen, desired: address, ordering: .sequentiallyConsistent)
            if isDone { return seen == Self.asleep ? .acceptedBySleeper : .accepted }
            seen = now
        }
        Unmanaged.passUnretained(item).release()
        return .refused
    }

    /// Whether the loop slept. It counts as awake from now on.
    func rouse() -> Bool {
        head.compareExchange(expected: Self.asleep, desired: Self.empty, ordering: .sequentiallyConsistent).exchanged
    }

    // MARK: From the loop

    /// Whether nothing is there: from now on a push says that the loop sleeps.
    func fallAsleep() -> Bool {
        head.compareExchange(expected: Self.empty, desired: Self.asleep, ordering: .sequentiallyConsistent).exchanged
    }

    /// Appends all that is there, the oldest first.
    func take(into items: inout [Item]) {
        var address = head.load(ordering: .relaxed)
        while address != Self.closed {
            let (isDone, now) = head.weakCompareExchange(
                expected: address, desired: Self.empty, ordering: .sequentiallyConsistent)
            if isDone { return Self.append(from: address, to: &items) }
            address = now
        }
    }

    /// Refuses everything from now on.
    /// - Returns: what nobody has taken.
    func close() -> [Item] {
        var items: [Item] = []
        Self.append(from: head.exchange(Self.closed, ordering: .sequentiallyConsistent), to: &items)
        return items
    }

    private static func append(from newest: UInt, to items: inout [Item]) {
        let first = items.endIndex
        var next = newest
        while let pointer = UnsafeRawPointer(bitPattern: next), next > closed {
            let item = Unmanaged<Item>.fromOpaque(pointer).takeRetainedValue()
            next = item.before
            items.append(item)
        }
        items[first...].reverse()
    }

    deinit {
        _ = close()
    }
}
