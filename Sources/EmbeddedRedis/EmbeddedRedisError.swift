/// Why there is no embedded Redis.
package enum EmbeddedRedisError: Error, Hashable, Sendable {
    /// No `redis-server` on the PATH.
    case serverNotFound
    /// The server ended, or did not answer in time; the end of its log says why.
    case didNotStart(log: String)
    /// The operating system refused something that no server can do without.
    case systemError(String)
    /// A server did not do what it was told to.
    case commandFailed(_ command: String, _ reason: String)
    /// What was waited for did not come about.
    case notInTime(String)
    /// `stop` has been called.
    case stopped
}

extension EmbeddedRedisError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .serverNotFound:
            """
            redis-server is not on the PATH; install it with `apt-get install redis-server` (Debian, Ubuntu) \
            or `brew install redis` (macOS)
            """
        case .didNotStart(let log): "redis-server did not start; its log ends with:\n\(log)"
        case .systemError(let problem): problem
        case .commandFailed(let command, let reason): "\(command): \(reason)"
        case .notInTime(let what): what
        case .stopped: "the embedded redis-server has been stopped"
        }
    }
}
