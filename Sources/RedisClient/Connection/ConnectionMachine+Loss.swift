import DequeModule

/// What becomes of the commands of a connection that is lost.
extension ConnectionMachine {
    /// The attempt failed or the connection broke. What was sent and may be repeated is sent again on the next one.
    mutating func connectionLost(_ error: RedisError, now: MonotonicTime) {
        guard phase != .closed else { return }
        let wasReady = phase == .ready
        let isRejected = wasReady && !hasServed
        isReplacing = false
        // Nothing is at a place before there is one.
        let error = phase == .resolving ? error : error.at(place)
        lastFailure = error
        if let damage = error.damage { lastFailure = RedisError.unavailable(reason: damage).at(place) }
        if case .unexpectedReply = error { giveUpUnread(error) }
        while let entry = inFlight.popLast() { requeue(entry, error) }
        bytesInFlight = 0
        proofs.reset()
        pace.reset()
        if phase == .connecting { race.allLost() }
        let hasMoreAddresses = !wasReady && race.hasMore
        if error.isRefusal {
            // The server is there and says no, or there is none: waiting longer would not change that.
            giveUpWaiting(error)
        } else if limits.failsFast, !hasMoreAddresses, !wasReady || error.damage == nil {
            // Damage on the way says nothing against a server that one has logged in at: it is asked again.
            giveUpWaiting(lastFailure ?? error)
        }
        if hasMoreAddresses {
            phase = .connecting
        } else {
            let pause = backoff.next(using: &random, among: connectionsThatFail, isRejected: isRejected)
            phase = .disconnected(retryAt: now + pause)
        }
    }

    /// Gives the connection up for another one to the same place, also when there is nothing to send. Nothing that waits fails
    /// by that.
    mutating func giveWay(now: MonotonicTime) {
        let reason = RedisError.unavailable(reason: "the connection gave way to one with newer credentials")
        while let entry = inFlight.popLast() { requeue(entry, reason) }
        bytesInFlight = 0
        proofs.reset()
        isReplacing = true
        phase = .disconnected(retryAt: now)
    }

    /// The reply that could not be taken: sent again, its command would end the next connection too.
    private mutating func giveUpUnread(_ error: RedisError) {
        guard proofs.expected == .command else { return }
        let culprit = inFlight.remove(at: inFlight.startIndex + proofs.staged)
        if !culprit.isAbandoned { failures.append((culprit.request, error)) }
        release(bytes: culprit.bytes)
    }

    /// The command to which the last reply belongs that was taken.
    var lastAnswered: Int? {
        let index = inFlight.startIndex + proofs.staged
        if inFlight.indices.contains(index), inFlight[index].repliesDue < inFlight[index].replies { return index }
        return inFlight.indices.contains(index - 1) ? index - 1 : nil
    }

    /// Whether no other command's reply can have come in the place of the last one that was taken.
    var lastWasSealed: Bool { lastAnswered.map { inFlight[$0].isSealed } ?? false }

    private mutating func requeue(_ entry: Entry, _ error: RedisError) {
        guard !entry.isAbandoned else { return release(bytes: entry.bytes) }
        if let damage = error.damage, entry.sends >= Self.maximumSends {
            failures.append((entry.request, .protocolFailure(damage)))
            return release(bytes: entry.bytes)
        }
        guard entry.isIdempotent || entry.sends == 0 else {
            failures.append((entry.request, .outcomeUnknown))
            return release(bytes: entry.bytes)
        }
        guard entry.sends == 0 || resends.spend() else {
            failures.append((entry.request, error.damage.map { .protocolFailure($0) } ?? .outcomeUnknown))
            return release(bytes: entry.bytes)
        }
        var entry = entry
        entry.repliesDue = entry.replies
        entry.isAnswered = false
        entry.refusal = nil
        if error.damage != nil { entry.isSealed = true }
        waiting.prepend(entry)
    }

    private mutating func giveUpWaiting(_ error: RedisError) {
        while let entry = waiting.popFirst() {
            failures.append((entry.request, entry.sends > 0 ? .outcomeUnknown : error))
            release(bytes: entry.bytes)
        }
    }
}

extension RedisError {
    /// What happened to the stream of replies, if that is why the connection was closed.
    var damage: String? {
        switch self {
        case .protocolFailure(let text), .foreignAnswer(let text), .unexpectedReply(let text): text
        default: nil
        }
    }
}
