import TestSupport

@testable import RedisClient

/// The resolver, the network and the server.
extension Schedule {
    func hearFromNetwork() {
        switch link {
        case .none: break
        case .resolving: resolve()
        case .connecting: if !isSlow || chance(30) { finishConnecting() }
        case .loggingIn(let due): continueLogIn(stepsDue: due)
        case .ready: serve()
        }
    }

    /// Answered before long, as if by a thread of its own.
    func lookUpName() {
        let isThere = chance(80) ? chance(40) : nil
        guard machine.nameLookedUp(isThere: isThere, now: now) else { return }
        seen["renamed", default: 0] += 1
        lose()
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
        guard let index = attempts.randomElement(using: &random) else { return violate("connects to nothing") }
        guard chance(75) else { return loseAttempt(index) }
        if attempts.count > 1 { seen["raced", default: 0] += 1 }
        // The others may be tried again.
        addressesLeft += attempts.count - 1
        attempts = []
        let steps = Int.random(in: 0...3, using: &random)
        link = steps == 0 ? .ready : .loggingIn(stepsDue: steps)
        if steps == 0 { addressesLeft = 0 }
        machine.connected(index, handshakeReplies: steps, askedAt: chance(50) ? now : nil, now: now)
    }

    /// One of several, or the last one and with it the connection.
    func loseAttempt(_ index: Int) {
        endAttempt(index)
        if attempts.isEmpty, addressesLeft == 0 { noteLoss() }
        machine.attemptLost(index, .unavailable(reason: "lost"), now: now)
    }

    func endAttempt(_ index: Int) {
        attempts.removeAll { $0 == index }
        if attempts.isEmpty { link = .none }
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
        link = due == 0 ? .ready : .loggingIn(stepsDue: due)
        if due == 0 { addressesLeft = 0 }
        machine.handshakeStepSucceeded(now: now)
    }

    /// Answers some of what was sent, in its order, and delivers some of that.
    private func serve() {
        guard isCrowded || chance(93) else { return lose() }
        if !isCrowded, chance(2) { isDemoted.toggle() }
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            let damage = !isCrowded && chance(8) ? ScheduledServer.Damage.allCases.randomElement(using: &random) : nil
            server.answer(isMaster: !isDemoted, damaging: damage)
        }
        if !isCrowded, chance(1), server.unanswered.isEmpty { server.say(.surplus) }
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            guard case .ready = link, violation == nil, let reply = server.deliver() else { return }
            receive(reply)
        }
    }

    private func receive(_ reply: ScheduledServer.Reply) {
        switch machine.replyArrived() {
        case .answer(let id):
            if case .nonce(let nonce) = reply, machine.proofs.pendingNonce == nonce, !believesEverything {
                return damaged()
            }
            staged[id] = reply
        case .part, .discard:
            seen["part", default: 0] += 1
        case .nonce(let nonce):
            guard reply == .nonce(nonce) || believesEverything else { return damaged() }
            machine.nonceArrived(now: now)
            takeProved()
        case .role:
            guard case .role(let isMaster) = reply else {
                return machine.roleArrived(problem: .protocolFailure("no role"))
            }
            machine.roleArrived(problem: isMaster ? nil : .unavailable(reason: "a replica"))
        case .unexpected:
            damaged()
        case .handshake:
            violate("\(reply) was taken for a part of the log-in")
        }
    }

    private func damaged() {
        seen["damage", default: 0] += 1
        lose(.protocolFailure("damaged"))
    }

    /// What is proved is the reply to what was asked.
    private func takeProved() {
        while let next = machine.nextProved() {
            switch next {
            case .answer(let id):
                repliesProved += 1
                proved(id)
                check(ledger.close(id) != nil, "\(id) was answered twice")
                seen["reply", default: 0] += 1
            case .late(let id):
                repliesProved += 1
                proved(id)
                check(ledger.open[id] == nil, "the reply to \(id) was kept from its caller")
                seen["late", default: 0] += 1
            case .master(let askedAt):
                check(askedAt <= now, "a role check was proved before it was sent")
                seen["master", default: 0] += 1
            case .refuted(let problem):
                seen["refuted", default: 0] += 1
                return lose(problem)
            }
        }
    }

    private func proved(_ id: Int) {
        check(unproved.first == id, "\(id) was proved before \(unproved)")
        unproved.removeFirst()
        let reply = staged.removeValue(forKey: id)
        check(reply == .answer(to: id), "the answer to \(id) was \(reply.map { "\($0)" } ?? "none")")
    }

    func lose(_ error: RedisError = .unavailable(reason: "lost")) {
        noteLoss(isDamage: error.damage != nil)
        machine.connectionLost(error, now: now)
    }

    /// What the end of a connection, or of an attempt, means for those who wait.
    func noteLoss(isDamage: Bool = false) {
        if case .ready = link {
            for id in unproved { ledger.update(id) { $0.lostAfterSending = true } }
        }
        (server, staged, unproved, attempts) = (ScheduledServer(), [:], [], [])
        if machine.limits.failsFast, addressesLeft == 0, !isDamage {
            for id in ledger.open.keys { ledger.update(id) { $0.isGivenUp = true } }
        }
        link = .none
    }

    /// Late and out of place, as from a resolver that answers after everything is over.
    func disturb() {
        switch (link, Int.random(in: 0..<3, using: &random)) {
        case (.resolving, 0), (.connecting, 1), (.loggingIn, 2): break
        case (_, 0): machine.resolved(addressCount: 2)
        case (_, 1): machine.connected(handshakeReplies: 1, now: now)
        default: machine.handshakeStepSucceeded(now: now)
        }
    }
}
