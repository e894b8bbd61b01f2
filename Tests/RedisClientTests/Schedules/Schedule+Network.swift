@testable import RedisClient

/// The resolver, the network and the server.
extension Schedule {
    func hearFromNetwork() {
        switch link {
        case .none: break
        case .resolving: resolve()
        case .connecting: finishConnecting()
        case .loggingIn(let due): continueLogIn(stepsDue: due)
        case .ready: serve()
        }
    }

    private func resolve() {
        guard chance(85) else { return lose() }
        link = .none
        machine.resolved(addressCount: Int.random(in: 0...3, using: &random))
    }

    private func finishConnecting() {
        guard chance(75) else { return lose() }
        let steps = Int.random(in: 0...3, using: &random)
        link = steps == 0 ? .ready(unanswered: []) : .loggingIn(stepsDue: steps)
        machine.connected(handshakeReplies: steps, now: now)
    }

    private func continueLogIn(stepsDue: Int) {
        guard chance(90) else { return lose() }
        guard case .handshake = machine.replyArrived() else { return violate("a log-in's reply went elsewhere") }
        guard chance(85) else {
            wasRefused = true
            for id in ledger.open.keys { ledger.update(id) { $0.lostAfterSending = $0.sends > 0 } }
            return lose(.server(code: "WRONGPASS", message: "no"))
        }
        link = stepsDue == 1 ? .ready(unanswered: []) : .loggingIn(stepsDue: stepsDue - 1)
        machine.handshakeStepSucceeded()
    }

    /// Answers some of what was sent, in its order.
    private func serve() {
        guard chance(93) else { return lose() }
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            guard case .ready(var unanswered) = link, !unanswered.isEmpty else { break }
            let id = unanswered.removeFirst()
            link = .ready(unanswered: unanswered)
            receive(replyTo: id)
        }
        if case .ready(let unanswered) = link, unanswered.isEmpty, chance(3) {
            guard case .unexpected = machine.replyArrived() else { return violate("a reply to nothing was taken") }
            lose()
        }
    }

    private func receive(replyTo id: Int) {
        switch machine.replyArrived() {
        case .reply(let request):
            check(request == id, "the reply to \(id) went to \(request)")
            check(ledger.close(id) != nil, "\(id) was answered twice")
            seen["reply", default: 0] += 1
        case .discard:
            check(ledger.open[id] == nil, "the reply to \(id) was thrown away")
            seen["discard", default: 0] += 1
        case .handshake, .part, .unexpected:
            violate("the reply to \(id) was not expected")
        }
    }

    func lose(_ error: RedisError = .unavailable(reason: "lost")) {
        if case .ready(let unanswered) = link {
            for id in unanswered { ledger.update(id) { $0.lostAfterSending = true } }
        }
        link = .none
        machine.connectionLost(error, now: now)
    }

    /// Late and out of place, as from a resolver that answers after everything is over.
    func disturb() {
        switch (link, Int.random(in: 0..<3, using: &random)) {
        case (.resolving, 0), (.connecting, 1), (.loggingIn, 2): break
        case (_, 0): machine.resolved(addressCount: 2)
        case (_, 1): machine.connected(handshakeReplies: 1, now: now)
        default: machine.handshakeStepSucceeded()
        }
    }
}
