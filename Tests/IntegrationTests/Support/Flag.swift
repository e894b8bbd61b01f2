import Synchronization

/// Tells tasks that run beside a test that it is over. Cancelling them would cancel what they wait for.
final class Flag: Sendable {
    private let raised = Atomic(false)

    var isRaised: Bool { raised.load(ordering: .acquiring) }

    func raise() { raised.store(true, ordering: .releasing) }
}
