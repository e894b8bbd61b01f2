/// A channel to listen to (SUBSCRIBE), and who is told what comes there.
package struct RedisSubscription: Sendable {
    package enum Signal: Hashable, Sendable {
        /// From here on everything is heard. Again after each reconnect: what was published in between is lost.
        case begun
        case message(String)
    }

    package let channel: String
    /// Runs on the loop's thread; must be quick and must not block.
    package let receive: @Sendable (Signal) -> Void

    package init(channel: String, receive: @escaping @Sendable (Signal) -> Void) {
        self.channel = channel
        self.receive = receive
    }

    /// Whether the reply was a message. Everything else on the connection answers a command.
    func takes(_ reply: borrowing RedisReply) -> Bool {
        guard reply.count == 3, reply[0].string == "message" else { return false }
        if let text = reply[2].string { receive(.message(text)) }
        return true
    }
}
