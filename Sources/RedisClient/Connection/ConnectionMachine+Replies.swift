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
    mutating func nonceArrived() {
        proofs.nonceReceived()
        serviceProved()
    }

    /// - Parameter problem: why the server may not be asked any more; `nil` when it is the master that it was.
    mutating func roleArrived(problem: RedisError?) {
        proofs.roleReceived(problem: problem)
    }

    /// What is proved now, one after the other, in the order of sending. After `refuted` comes nothing: the driver reports
    /// the connection as lost.
    mutating func nextProved() -> Proved? {
        switch proofs.nextProved() {
        case .command:
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
        if isAbandoned { return (.discard, isLast) }
        guard isError else { return (.part(of: request), isLast) }
        isAnswered = true
        return (.answer(to: request), isLast)
    }
}
