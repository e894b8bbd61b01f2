import TestSupport

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
        addressesLeft = Int.random(in: 0...3, using: &random)
        machine.resolved(addressCount: addressesLeft)
        // Without an address that is already the end of the attempt.
        if addressesLeft == 0 { noteLoss() }
    }

    private func finishConnecting() {
        guard chance(75) else { return lose() }
        let steps = Int.random(in: 0...3, using: &random)
        link = steps == 0 ? .ready(unanswered: []) : .loggingIn(stepsDue: steps)
        if steps == 0 { addressesLeft = 0 }
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
        let more = chance(15) ? Int.random(in: 1...3, using: &random) : 0
        if more > 0 { machine.handshakeGrew(by: more, now: now) }
        let due = stepsDue + more - 1
        link = due == 0 ? .ready(unanswered: []) : .loggingIn(stepsDue: due)
        if due == 0 { addressesLeft = 0 }
        machine.handshakeStepSucceeded()
    }

    /// Answers some of what was sent, in its order.
    private func serve() {
        guard chance(93) else { return lose() }
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            guard case .ready(var unanswered) = link, !unanswered.isEmpty else { break }
            if repliesOfOldest + 1 < ledger.replies[unanswered[0]] ?? 1 {
                receivePart(of: unanswered[0])
                continue
            }
            let id = unanswered.removeFirst()
            repliesOfOldest = 0
            link = .ready(unanswered: unanswered)
            receive(replyTo: id)
        }
        if case .ready(let unanswered) = link, unanswered.isEmpty, chance(3) {
            guard case .unexpected = machine.replyArrived() else { return violate("a reply to nothing was taken") }
            lose()
        }
    }

    /// One that is not the last is for whoever still waits for the last.
    private func receivePart(of id: Int) {
        repliesOfOldest += 1
        switch machine.replyArrived() {
        case .part(let request):
            check(request == id, "a part of \(id) went to \(request)")
            check(ledger.open[id] != nil, "a part of \(id) went to somebody who has gone")
        case .discard:
            check(ledger.open[id] == nil, "a part of \(id) was kept from its caller")
        case .handshake, .reply, .late, .unexpected:
            violate("a part of \(id) was not expected")
        }
        seen["part", default: 0] += 1
    }

    private func receive(replyTo id: Int) {
        switch machine.replyArrived() {
        case .reply(let request):
            check(request == id, "the reply to \(id) went to \(request)")
            check(ledger.close(id) != nil, "\(id) was answered twice")
            seen["reply", default: 0] += 1
        case .late(let request):
            check(request == id, "the late reply to \(id) went to \(request)")
            check(ledger.open[id] == nil, "the reply to \(id) was kept from its caller")
            seen["late", default: 0] += 1
        case .handshake, .discard, .part, .unexpected:
            violate("the reply to \(id) was not expected")
        }
    }

    func lose(_ error: RedisError = .unavailable(reason: "lost")) {
        noteLoss()
        machine.connectionLost(error, now: now)
    }

    /// What the end of a connection, or of an attempt, means for those who wait.
    func noteLoss() {
        if case .ready(let unanswered) = link {
            for id in unanswered { ledger.update(id) { $0.lostAfterSending = true } }
        }
        if machine.limits.failsFast, addressesLeft == 0 {
            for id in ledger.open.keys { ledger.update(id) { $0.isGivenUp = true } }
        }
        repliesOfOldest = 0
        link = .none
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
