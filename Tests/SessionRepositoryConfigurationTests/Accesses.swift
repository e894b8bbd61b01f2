import Configuration
import Synchronization

/// What is reported of each access, as text.
final class Accesses: AccessReporter {
    private let texts = Mutex<[String]>([])

    var told: [String] { texts.withLock(\.self) }

    func report(_ event: AccessEvent) {
        // As `AccessLogger` does: the key, and the values as they describe themselves.
        let results = event.providerResults.map { "\($0.result)" }
        texts.withLock { $0.append("\(event.metadata.key) \(event.result) \(results)") }
    }
}
