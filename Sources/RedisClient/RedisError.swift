/// What can go wrong between a command and its reply.
package enum RedisError: Error, Hashable, Sendable {
    /// Redis answered with an error; `code` is its first word (WRONGTYPE, NOSCRIPT, OOM, NOPERM …).
    case server(code: String, message: String)
    /// No connection in time; the command was never written to a socket.
    case unavailable(reason: String)
    /// The name service knows no such name; nothing was sent.
    case unknownHost(reason: String)
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
    /// A reply that is too long to be an honest one.
    case unexpectedReply(String)
    /// The stream of replies was damaged, each time that the command was sent: a reply was missing, was one too many, or
    /// answered another command. The server may have carried the command out.
    case protocolFailure(String)
    /// The answer names another subject than the one that was asked about, also on another connection: the record lies
    /// under a wrong key.
    case foreignAnswer(String)

    /// Whether the server says that it is a replica: where a master was, after a failover.
    var saysReadOnly: Bool {
        guard case .server(let code, let message) = self else { return false }
        return Self.insideScript(code: code, message: message).code == "READONLY"
    }

    /// What a server's error comes to. Redis before 7 wraps an error of a script's command, some even twice: `ERR Error
    /// running script (call to f_…): @user_script:1: @user_script: 1: -OOM command not allowed …`. The word that counts
    /// is inside.
    package static func insideScript(code: String, message: String) -> (code: String, message: String) {
        guard code == "ERR" else { return (code, message) }
        if saysNotPermitted(message) { return ("NOPERM", message) }
        guard message.hasPrefix("Error running script"), let marker = message.ranges(of: "@user_script:").last
        else { return (code, message) }
        let inside = message[marker.upperBound...].drop { !$0.isLetter }
        if saysNotPermitted(inside) { return ("NOPERM", String(inside)) }
        let parts = inside.split(separator: " ", maxSplits: 1)
        guard let inner = parts.first, inner.allSatisfy(\.isUppercase) else { return (code, message) }
        return (String(inner), parts.dropFirst().first.map(String.init) ?? "")
    }

    /// What a script may not do on behalf of its user has no code: until Redis 7.0, and from 7.2 on.
    private static func saysNotPermitted(_ text: some StringProtocol) -> Bool {
        text.hasPrefix("The user executing the script can't") || text.hasPrefix("ACL failure in script")
    }
}
