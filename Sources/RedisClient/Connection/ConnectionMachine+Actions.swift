import DequeModule

/// What the machine wants done: timers, connecting, sending.
extension ConnectionMachine {
    enum Action {
        /// Frees a caller. Never twice for one request, never after its reply.
        case fail(Request, RedisError)
        case resolve
        /// Open a socket to the address at this index of those resolved.
        case connect(addressIndex: Int)
        /// Close the socket, or the attempt. The machine has forgotten it already.
        case disconnect
        case send(Request)
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
        case .choosingAddress:
            guard let index = addresses.popFirst() else {
                connectionLost(.unavailable(reason: "no address to connect to"), now: now)
                return nextAction(now: now)
            }
            phase = .connecting(deadline: now + limits.connectTimeout)
            return .connect(addressIndex: index)
        case .connecting(let deadline), .handshaking(let deadline, _):
            guard now >= deadline else { return nil }
            connectionLost(.unavailable(reason: "the server did not answer while connecting"), now: now)
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
            if let oldest = inFlight.first { next = min(next, oldest.deadline + limits.stallMargin) }
        case .disconnected(let retryAt):
            if wantsConnection { next = min(next, retryAt) }
        case .connecting(let deadline), .handshaking(let deadline, _):
            next = min(next, deadline)
        case .resolving, .choosingAddress:
            break
        case .closed:
            return .distantFuture
        }
        return next
    }

    private var wantsConnection: Bool { staysConnected || !waiting.isEmpty }

    private mutating func sendOrDetectStall(now: MonotonicTime) -> Action? {
        if let oldest = inFlight.first, now >= oldest.deadline + limits.stallMargin {
            connectionLost(.unavailable(reason: "the server stopped answering"), now: now)
            return .disconnect
        }
        guard let next = waiting.first, inFlight.count < limits.maximumCommandsInFlight,
            inFlight.isEmpty || bytesInFlight + next.bytes <= limits.maximumBytesInFlight
        else { return nil }
        var entry = waiting.removeFirst()
        guard let request = entry.request else {
            assertionFailure("what waits has a request: without one it is removed")
            release(bytes: entry.bytes)
            return nextAction(now: now)
        }
        entry.wasSent = true
        bytesInFlight += entry.bytes
        inFlight.append(entry)
        return .send(request)
    }

    private mutating func drain(until deadline: MonotonicTime, now: MonotonicTime) -> Action? {
        guard phase != .closed else { return nil }
        if now >= deadline {
            giveUp { $0.wasSent ? .outcomeUnknown : .shutDown }
            if let (request, error) = failures.popFirst() { return .fail(request, error) }
        }
        guard waiting.isEmpty, inFlight.allSatisfy({ $0.request == nil }) else { return nil }
        while let entry = inFlight.popFirst() { release(bytes: entry.bytes) }
        bytesInFlight = 0
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
            if entry.wasSent { return .timedOut }
            if let lastFailure { return lastFailure }
            return .unavailable(reason: isReady ? "the connection is congested" : "connecting takes too long")
        }
        earliestDeadline = earliest
    }

    /// Frees the callers for which `verdict` has an error. What was sent keeps its place in the order of replies.
    mutating func giveUp(_ verdict: (Entry) -> RedisError?) {
        for index in inFlight.indices {
            guard let request = inFlight[index].request, let error = verdict(inFlight[index]) else { continue }
            inFlight[index].request = nil
            inFlight[index].witness = request
            failures.append((request, error))
        }
        var released: (count: Int, bytes: Int) = (0, 0)
        var given: [(Request, RedisError)] = []
        waiting.removeAll { entry in
            guard let error = verdict(entry) else { return false }
            if let request = entry.request { given.append((request, error)) }
            released.count += 1
            released.bytes += entry.bytes
            return true
        }
        failures.append(contentsOf: given)
        release(commands: released.count, bytes: released.bytes)
    }
}
