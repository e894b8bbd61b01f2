import CoreMetrics
import Synchronization

/// Counts and times operations, by what they came to.
final class OperationMetrics: Sendable {
    private struct Key: Hashable {
        let operation: RepositoryOperation
        let outcome: String
    }

    private struct Handles {
        let count: Counter
        let duration: Timer
    }

    private let factory: any MetricsFactory
    /// Made when they are first needed: most operations never come to most outcomes.
    private let handles = Mutex<[Key: Handles]>([:])

    init(_ factory: any MetricsFactory) {
        self.factory = factory
    }

    func record(_ operation: RepositoryOperation, outcome: String, nanoseconds: Int64) {
        let key = Key(operation: operation, outcome: outcome)
        let handles = handles.withLock { handles in
            if let known = handles[key] { return known }
            let made = make(key)
            handles[key] = made
            return made
        }
        handles.count.increment()
        handles.duration.recordNanoseconds(nanoseconds)
    }

    private func make(_ key: Key) -> Handles {
        let dimensions = [
            (MetricDimension.operation.rawValue, key.operation.rawValue),
            (MetricDimension.outcome.rawValue, key.outcome),
        ]
        return Handles(
            count: Counter(label: MetricName.operations.rawValue, dimensions: dimensions, factory: factory),
            duration: Timer(
                label: MetricName.operationDuration.rawValue, dimensions: dimensions, preferredDisplayUnit: .seconds,
                factory: factory))
    }
}
