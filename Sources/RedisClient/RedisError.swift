/// What can go wrong between a command and its reply.
package enum RedisError: Error, Hashable, Sendable {
    /// Redis answered with an error; `code` is its first word (WRONGTYPE, NOSCRIPT, OOM, NOPERM …).
    case server(code: String, message: String)
    /// No connection in time; the command was never written to a socket.
    case unavailable(reason: String)
    /// Written to a socket, but no reply in time.
    case timedOut
    /// The connection went away under a command that may not be repeated.
    case outcomeUnknown
    /// The bounded queue is full; the command was not accepted.
    case overloaded
    /// The calling task was cancelled.
    case cancelled
    /// The client has been shut down.
    case shutDown
    /// A reply of a shape that this command never has.
    case unexpectedReply(String)

    /// Whether the server says that it is a replica: where a master was, after a failover. Redis before 7 says it inside
    /// the error of a script.
    var saysReadOnly: Bool {
        guard case .server(let code, let message) = self else { return false }
        return code == "READONLY" || (code == "ERR" && message.contains("-READONLY "))
    }
}
