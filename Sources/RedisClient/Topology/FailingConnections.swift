import Synchronization

/// Counts a client's connections that were lost and have not logged in since, for each place: where the
/// server lets them log in and does nothing for them, they try together no more often than one alone.
final class FailingConnections: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// One more has been lost.
    func add(at place: String) {
        counts.withLock { $0[place, default: 0] += 1 }
    }

    /// One of them stands again, or is given up.
    func remove(at place: String) {
        counts.withLock { counts in
            guard let count = counts[place] else { return }
            counts[place] = count > 1 ? count - 1 : nil
        }
    }

    func count(at place: String) -> Int { counts.withLock { $0[place] ?? 0 } }
}
