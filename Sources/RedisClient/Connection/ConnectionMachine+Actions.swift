import DequeModule

/// What the machine wants done: timers, connecting, sending.
extension ConnectionMachine {
    enum Action {
        /// Frees a caller. Never twice for one request, never after its reply.
        case fail(Request, RedisError)
        case resolve
        /// Open a socket to the address at this index of those resolved.
        case connect(addressIndex: Int)
        /// Close the attempt at this address; others go on.
        case abandon(addressIndex: Int)
        /// Close the socket, or all attempts. The machine has forgotten them already.
        case disconnect
        case send(Request)
        /// Ask the server whether it is a master.
        case askRole
        /// Ask the server to repeat this.
        case prove(Nonce)
        /// Look the name up again, then report `nameLookedUp`.
        case lookUpName
        /// All is done: close everything. The last action.
        case finish
    }

    /// The next thing to do at `now`; `nil` when there is nothing before the next event or `nextDeadline`.
    mutating func nextAction(now: MonotonicTime) -> Action? {
        if now >= earliestDeadline { expire(now: now) }
        if let (request, error) = failures.popFirst() { return .fail(request, error) }
        if let drainDeadline, let action = drain(until: drainDeadline, now: now) { return action }
        switch phase {
        case .ready:
            return sendOrDetectStall(now: now)
        case .disconnected(let retryAt):
            guard wantsConnection, now >= retryAt else { return nil }
            phase = .resolving
            return .resolve
        case .connecting:
            return tryAddresses(now: now)
        case .handshaking(let deadline, _):
            guard now >= deadline else { return nil }
            connectionLost(Self.noAnswer, now: now)
            return .disconnect
        case .resolving, .closed:
            return nil
        }
    }

    /// When to call `nextAction` again if nothing happens before.
    var nextDeadline: MonotonicTime {
        var next = min(earliestDeadline, drainDeadline ?? .distantFuture)
        switch phase {
        case .ready:
            next = min(next, stallDeadline, freshness.nameDeadline, credentialDeadline)
            if proofs.roleAskedAt == nil, !isRetiring { next = min(next, freshness.roleDeadline) }
        case .disconnected(let retryAt):
            if wantsConnection { next = min(next, retryAt) }
        case .connecting:
            next = min(next, race.nextDeadline)
        case .handshaking(let deadline, _):
            next = min(next, deadline)
        case .resolving:
            break
        case .closed:
            return .distantFuture
        }
        return next
    }

    private static var noAnswer: RedisError { .unavailable(reason: "the server did not answer while connecting") }

    private mutating func tryAddresses(now: MonotonicTime) -> Action? {
        guard !race.isOver else {
            connectionLost(.unavailable(reason: "no address to connect to"), now: now)
            return nextAction(now: now)
        }
        switch race.next(timeout: limits.connectTimeout, now: now) {
        case .begin(let index):
            return .connect(addressIndex: index)
        case .giveUp(let index):
            lastFailure = Self.noAnswer
            guard race.isOver else { return .abandon(addressIndex: index) }
            connectionLost(Self.noAnswer, now: now)
            return .disconnect
        case nil:
            return nil
        }
    }

    private var wantsConnection: Bool { staysConnected || isReplacing || !waiting.isEmpty }

    /// Once it is due, what is on its way is waited for.
    private var credentialDeadline: MonotonicTime { isRetiring ? credentialLife.end : credentialLife.due }

    /// When the connection counts as dead if nothing is proved before.
    private var stallDeadline: MonotonicTime {
        // Looked at in its place: an entry is large to copy, and this is asked for each command.
        let oldest = inFlight.isEmpty ? .distantFuture : inFlight[inFlight.startIndex].deadline
        let role = proofs.roleAskedAt.map { $0 + limits.connectTimeout } ?? .distantFuture
        // A server that goes on answering is late, not dead.
        return max(min(oldest, role), pace.lastProof) + limits.stallMargin
    }

    private mutating func sendOrDetectStall(now: MonotonicTime) -> Action? {
        if now >= stallDeadline {
            connectionLost(.unavailable(reason: "the server stopped answering"), now: now)
            return .disconnect
        }
        if now >= freshness.nameDeadline {
            freshness.lookUpBegan()
            return .lookUpName
        }
        if limits.provesReplies, proofs.isSpanFull { return prove(now: now) }
        if now >= credentialLife.due { return retire(now: now) }
        if isHopeless(now: now), let action = refuse() { return action }
        let isSending = canSend(now: now)
        if isSending, limits.provesReplies, proofs.isSpanOpen, waiting[waiting.startIndex].isSealed {
            return prove(now: now)
        }
        if freshness.isRoleDue(now), proofs.roleAskedAt == nil, isSending || now >= freshness.roleDeadline {
            proofs.roleCheckSent(now: now)
            freshness.roleAsked(now: now)
            return .askRole
        }
        if isSending { return send() }
        return limits.provesReplies && proofs.isSpanOpen ? prove(now: now) : nil
    }

    /// Sends nothing more, and gives the connection up once all is answered or the time for that is over.
    private mutating func retire(now: MonotonicTime) -> Action? {
        isRetiring = true
        if limits.provesReplies, proofs.isSpanOpen { return prove(now: now) }
        guard inFlight.isEmpty && proofs.isEmpty || now >= credentialLife.end else { return nil }
        giveWay(now: now)
        return .disconnect
    }

    /// Whether something waits and there is room for it.
    private func canSend(now: MonotonicTime) -> Bool {
        // Nothing goes out behind a role check that is itself too old.
        guard proofs.roleAskedAt == nil || !freshness.isRoleDue(now) else { return false }
        guard !waiting.isEmpty, inFlight.count < limits.maximumCommandsInFlight else { return false }
        if inFlight.isEmpty { return true }
        // What waits here can still be refused or given up without work for the server.
        guard inFlight.count < pace.window else { return false }
        return bytesInFlight + waiting[waiting.startIndex].bytes <= limits.maximumBytesInFlight
    }

    /// Whether what would be sent next would be answered too late. What was sent before keeps its chance: its caller could
    /// not be told that nothing happened.
    private func isHopeless(now: MonotonicTime) -> Bool {
        guard pace.perCommand > 0, !waiting.isEmpty, waiting[waiting.startIndex].sends == 0 else { return false }
        return pace.isTooLate(waiting[waiting.startIndex].deadline, behind: inFlight.count, now: now)
    }

    private mutating func refuse() -> Action? {
        guard let entry = waiting.popFirst() else { return nil }
        release(bytes: entry.bytes)
        return .fail(entry.request, .overloaded)
    }

    private mutating func send() -> Action {
        var entry = waiting.removeFirst()
        if let holdsBack, let refusal = holdsBack(entry.request) {
            release(bytes: entry.bytes)
            return .fail(entry.request, entry.sends > 0 ? .outcomeUnknown : refusal)
        }
        entry.sends += 1
        bytesInFlight += entry.bytes
        let request = entry.request
        inFlight.append(entry)
        proofs.commandSent(isSealed: entry.isSealed)
        return .send(request)
    }

    private mutating func prove(now: MonotonicTime) -> Action {
        let nonce = proofs.nextNonce
        proofs.nonceSent(now: now, foundQueue: !beganIdle)
        beganIdle = false
        return .prove(nonce)
    }

    /// - Parameter isThere: whether the name still has the address of the connection; `nil` when that is not known.
    /// - Returns: whether the connection is to be reported as lost: the name leads elsewhere.
    mutating func nameLookedUp(isThere: Bool?, now: MonotonicTime) -> Bool {
        freshness.lookUpEnded(isThere: isThere, now: now) && phase == .ready
    }

    private mutating func drain(until deadline: MonotonicTime, now: MonotonicTime) -> Action? {
        guard phase != .closed else { return nil }
        if now >= deadline {
            giveUp { $0.sends > 0 ? .outcomeUnknown : .shutDown }
            if let (request, error) = failures.popFirst() { return .fail(request, error) }
        }
        guard waiting.isEmpty, inFlight.allSatisfy(\.isAbandoned) else { return nil }
        while let entry = inFlight.popFirst() { release(bytes: entry.bytes) }
        bytesInFlight = 0
        proofs.reset()
        phase = .closed
        return .finish
    }

    private mutating func expire(now: MonotonicTime) {
        earliestDeadline = .distantFuture
        let lastFailure = lastFailure
        let isReady = phase == .ready
        var earliest = MonotonicTime.distantFuture
        giveUp { entry in
            guard now >= entry.deadline else {
                earliest = min(earliest, entry.deadline)
                return nil
            }
            if entry.sends > 0 { return .timedOut }
            if let lastFailure { return lastFailure }
            return .unavailable(reason: isReady ? "the connection is congested" : "connecting takes too long")
        }
        earliestDeadline = earliest
    }

    /// Frees the callers for which `verdict` has an error. What was sent keeps its place in the order of replies.
    mutating func giveUp(_ verdict: (Entry) -> RedisError?) {
        for index in inFlight.indices {
            guard !inFlight[index].isAbandoned, let error = verdict(inFlight[index]) else { continue }
            inFlight[index].isAbandoned = true
            failures.append((inFlight[index].request, error))
        }
        var released: (count: Int, bytes: Int) = (0, 0)
        var given: [(Request, RedisError)] = []
        waiting.removeAll { entry in
            guard let error = verdict(entry) else { return false }
            given.append((entry.request, error))
            released.count += 1
            released.bytes += entry.bytes
            return true
        }
        failures.append(contentsOf: given)
        release(commands: released.count, bytes: released.bytes)
    }
}
