/// Is told on the loop's thread how its connection fares.
protocol ConnectionObserver: Sendable {
    /// How to leave something for the loop. Before everything else.
    func attached(_ mailbox: Mailbox)
    /// The log-in is over: what is sent from now on goes to this server.
    func began(_ login: Login)
    /// The server has shown that it is a master: what is known of it may be believed until then.
    func confirmed(until moment: MonotonicTime)
    /// The connection is gone, whether it had begun or not. Before another one is opened.
    func ended()
}

extension ConnectionObserver {
    func confirmed(until moment: MonotonicTime) {}
}
