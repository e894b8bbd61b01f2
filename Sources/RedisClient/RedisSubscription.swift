/// A channel to listen to (SUBSCRIBE), and who is told what comes there.
package struct RedisSubscription: Sendable {
    package enum Signal: Hashable, Sendable {
        /// From here on everything is heard. Again after each reconnect: what was published in between is lost.
        case begun
        /// From here on nothing is heard, until it begins again.
        case lost
        case message(String)
    }

    package let channel: String
    /// Whether the number by which the server knows the connection is wanted.
    let wantsClient: Bool
    private let begun: @Sendable () -> Void
    private let lost: @Sendable () -> Void
    private let message: @Sendable (borrowing RedisReply) -> Void

    /// - Parameter receive: runs on the loop's thread; must be quick and must not block.
    package init(channel: String, receive: @escaping @Sendable (Signal) -> Void) {
        self.channel = channel
        wantsClient = false
        begun = { receive(.begun) }
        lost = { receive(.lost) }
        message = { payload in
            if let text = payload.string { receive(.message(text)) }
        }
    }

    /// For messages that are no text.
    /// - Parameter payload: the same; gets what comes as the message, whatever it is.
    init(channel: String, wantsClient: Bool, payload: @escaping @Sendable (borrowing RedisReply) -> Void) {
        self.channel = channel
        self.wantsClient = wantsClient
        begun = {}
        lost = {}
        message = payload
    }

    func begin() { begun() }

    /// Only after `begin`.
    func end() { lost() }

    /// Whether the reply was a message. Everything else on the connection answers a command.
    func takes(_ reply: borrowing RedisReply) -> Bool {
        guard reply.count == 3, reply[0].string == "message" else { return false }
        message(reply[2])
        return true
    }
}
