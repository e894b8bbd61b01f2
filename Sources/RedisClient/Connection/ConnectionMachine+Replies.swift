import DequeModule

/// Whose a reply is, and when it may be believed.
extension ConnectionMachine {
    /// Of several commands that travel as one, the last reply is the answer, or the first error.
    mutating func replyArrived(isError: Bool = false) -> Delivery {
        if case .handshaking = phase { return .handshake }
        guard phase == .ready else { return .unexpected }
        switch proofs.expected {
        case .command: return commandAnswered(isError: isError)
        case .nonce(let nonce): return .nonce(nonce)
        case .role: return .role
        case .nothing: return .unexpected
        }
    }

    private mutating func commandAnswered(isError: Bool) -> Delivery {
        let delivery = inFlight[inFlight.startIndex + proofs.staged].replied(isError: isError)
        if delivery.isLast { proofs.commandReceived() }
        return delivery.of
    }

    /// The nonce that was expected came: `nextProved` has what it proves.
    mutating func nonceArrived(now: MonotonicTime) {
        let count = proofs.staged
        guard let sending = proofs.nonceReceived() else { return }
        pace.proved(count, sending, now: now)
        guard count > 0 else { return }
        // The server has done something for this connection. That it let it log in is not enough.
        backoff.reset()
        hasServed = true
        resends.earn(count)
    }

    /// - Parameter problem: why the server may not be asked any more; `nil` when it is the master that it was.
    mutating func roleArrived(problem: RedisError?) {
        proofs.roleReceived(problem: problem)
    }

    /// The last reply that was taken says that the server takes no such command, as a replica takes no write.
    mutating func lastWasRefused(_ refusal: RedisError) {
        if let lastAnswered { inFlight[lastAnswered].refusal = refusal }
    }

    /// What is proved now, one after the other, in the order of sending. After `refuted` comes nothing: the driver reports
    /// the connection as lost.
    mutating func nextProved() -> Proved? {
        switch proofs.nextProved() {
        case .command:
            if let refusal = inFlight[inFlight.startIndex].refusal {
                // Proved: nothing happened, and the command may be sent again.
                inFlight[inFlight.startIndex].sends -= 1
                return .refuted(refusal)
            }
            let entry = inFlight.removeFirst()
            bytesInFlight -= entry.bytes
            release(bytes: entry.bytes)
            return entry.isAbandoned ? .late(entry.request) : .answer(entry.request)
        case .role(let askedAt, nil):
            return .master(askedAt: askedAt)
        case .role(_, let problem?):
            return .refuted(problem)
        case nil:
            return nil
        }
    }
}

extension ConnectionMachine.Entry {
    /// Takes one of its replies. In place: a command is looked at for each reply, and is large to copy.
    fileprivate mutating func replied(isError: Bool) -> (of: ConnectionMachine.Delivery, isLast: Bool) {
        repliesDue -= 1
        let isLast = repliesDue == 0
        if isAnswered { return (.discard, isLast) }
        if isLast { return (.answer(to: request), isLast) }
        guard isError else { return (.part(of: request), isLast) }
        isAnswered = true
        return (.answer(to: request), isLast)
    }
}
