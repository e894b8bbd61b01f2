import Logging
import RedisClient
import Synchronization

/// Takes clients' addresses in, and says where one was left out: once a minute as a warning, because a proxy that is set up
/// wrongly spoils each request's, otherwise at debug level. The text itself is the client's and not logged.
final class ClientAddresses: Sendable {
    private let logger: Logger
    private let nextWarning = Atomic<Int64>(.min)

    init(logger: Logger) {
        self.logger = logger
    }

    /// The address in its canonical spelling; `nil` where there is none or it is unusable.
    func take(_ text: String?) -> String? {
        guard let text, !text.isEmpty else { return nil }
        let address = ClientAddress.canonical(text)
        if address == nil { noteUnusable(length: text.utf8.count) }
        return address
    }

    private func noteUnusable(length: Int) {
        let now = MonotonicTime.now().nanoseconds
        let due = nextWarning.load(ordering: .relaxed)
        let isNews =
            now >= due
            && nextWarning.compareExchange(expected: due, desired: now + 60_000_000_000, ordering: .relaxed).exchanged
        logger.log(
            level: isNews ? .warning : .debug,
            "an IP address was left out: its \(length) bytes are no IPv4 or IPv6 address; see what the proxy passes on")
    }
}
