import TestSupport

@testable import RedisClient

/// Does what the machine wants, as the loop would, and looks closely at each action.
extension Schedule {
    func settle() {
        // Each request can be sent and failed once, and each lost attempt costs a few actions more.
        var budget = 100 + 8 * (machine.waiting.count + machine.inFlight.count + machine.failures.count)
        while let action = machine.nextAction(now: now) {
            budget -= 1
            guard budget > 0 else { return violate("the actions of one event do not end") }
            perform(action)
        }
        checkInvariants()
    }

    private func perform(_ action: ConnectionMachine<Int, SplitMix64>.Action) {
        if isFinished {
            guard case .fail(_, .shutDown) = action else { return violate("after the end came \(action)") }
        }
        switch action {
        case .resolve:
            guard case .none = link else { return violate("resolves in \(link)") }
            link = .resolving
        case .connect(let index):
            switch link {
            case .none, .connecting: break
            default: return violate("connects in \(link)")
            }
            check(!attempts.contains(index), "tries the address \(index) twice at once")
            link = .connecting
            attempts.append(index)
            addressesLeft -= 1
            // Like a socket that cannot even be opened.
            if chance(5) { loseAttempt(index) }
        case .abandon(let index):
            check(attempts.contains(index), "gives up the address \(index), which it does not try")
            endAttempt(index)
        case .disconnect:
            if case .none = link { violate("closes what is not open") }
            if case .resolving = link { violate("closes before there is a socket") }
            if case .ready = link { seen["stall", default: 0] += 1 }
            noteLoss()
        case .send(let id):
            send(id)
        case .fail(let id, let error):
            fail(id, error)
        case .finish:
            check(!isFinished, "finishes twice")
            isFinished = true
            (link, attempts) = (.none, [])
            seen["finish", default: 0] += 1
        case .askRole:
            check(machine.proofs.roleAskedAt == now, "asks for the role at another time than it says")
            transmit(.role)
        case .prove(let nonce):
            transmit(.nonce(nonce))
        case .lookUpName:
            lookUpName()
        }
    }

    private func transmit(_ sent: ScheduledServer.Sent) {
        guard case .ready = link else { return violate("\(sent) is sent in \(link)") }
        server.receive(sent)
        // Like a socket that turns out to be gone when it is written to.
        if !isCrowded, chance(1) { lose() }
    }

    private func send(_ id: Int) {
        guard let item = ledger.open[id] else { return violate("\(id) is sent though it was answered") }
        check(!item.isCancelled, "\(id) is sent though it was cancelled")
        check(now < item.deadline, "\(id) is sent past its deadline")
        check(item.sends == 0 || item.isIdempotent, "\(id) is sent again and may not be")
        check(unproved.last.map { $0 < id } ?? true, "\(id) is sent out of order after \(unproved)")
        check(
            !machine.freshness.isRoleDue(now) || machine.proofs.roleAskedAt != nil, "\(id) is sent before a role check")
        seen[item.sends == 0 ? "send" : "retry", default: 0] += 1
        resends += item.sends == 0 ? 0 : 1
        let budget = machine.limits.maximumCommandsInFlight + repliesProved / 5
        check(resends <= budget, "\(resends) commands were sent again, \(budget) might be")
        ledger.update(id) {
            $0.sends += 1
            $0.lostAfterSending = false
        }
        unproved.append(id)
        let limits = machine.limits
        check(machine.inFlight.count <= limits.maximumCommandsInFlight, "\(machine.inFlight.count) commands in flight")
        check(
            machine.inFlight.count == 1 || machine.bytesInFlight <= limits.maximumBytesInFlight,
            "\(machine.bytesInFlight) bytes in flight")
        transmit(.command(id, replies: item.replies))
    }

    private func fail(_ id: Int, _ error: RedisError) {
        guard let item = ledger.close(id) else { return violate("\(id) failed with \(error), but was answered") }
        let isExpired = now >= item.deadline
        let isDrained = drainDeadline.map { now >= $0 } ?? false
        let isPlausible =
            switch error {
            case .cancelled: item.isCancelled
            case .timedOut: item.sends > 0 && isExpired
            case .unavailable: item.sends == 0 && (isExpired || item.isGivenUp)
            case .server: item.sends == 0 && wasRefused
            case .outcomeUnknown: item.sends > 0 && (isDrained || item.lostAfterSending)
            case .shutDown: item.sends == 0 && (isDrained || isFinished)
            case .protocolFailure:
                item.lostAfterSending
                    && (item.sends >= ConnectionMachine<Int, SplitMix64>.maximumSends || !machine.resends.isLeft)
            case .overloaded: item.sends == 0 && isTooLate(item)
            case .unknownHost, .unexpectedReply, .foreignAnswer: false
            }
        check(isPlausible, "\(id) failed with \(error) at \(now): \(item)")
        if item.isGivenUp { seen["givenUp", default: 0] += 1 }
        seen["\(error)".prefix { $0 != "(" }.description, default: 0] += 1
    }

    private func isTooLate(_ item: Ledger.Item) -> Bool {
        let answered = now + .nanoseconds(Int64(machine.inFlight.count) * machine.pace.perCommand)
        return machine.pace.perCommand > 0 && !unproved.isEmpty && answered > item.deadline
    }
}
