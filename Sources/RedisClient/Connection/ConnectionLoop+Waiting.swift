#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension ConnectionLoop {
    /// What to wait for.
    struct Waiting {
        var requests: (pollfd, pollfd)
        var count: nfds_t
        /// As `poll` wants it.
        var timeout: Int32
        /// In place of the second request: sockets of which one is to become the connection.
        var attempts: [pollfd] = []

        /// - Returns: whether anything happened.
        mutating func wait() -> Bool {
            guard attempts.isEmpty else { return waitForAttempts() }
            let (count, timeout) = (count, timeout)
            return withUnsafeMutablePointer(to: &requests) {
                $0.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, count, timeout) }
            } > 0
        }

        private mutating func waitForAttempts() -> Bool {
            var all = [requests.0] + attempts
            defer { (requests.0, attempts) = (all[0], Array(all.dropFirst())) }
            return poll(&all, nfds_t(all.count), timeout) > 0
        }
    }
}
