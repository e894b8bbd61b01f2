import TestSupport

@testable import RedisClient

/// What is true whenever the machine has nothing left to do at this moment.
extension Schedule {
    func checkInvariants() {
        if machine.pace.perCommand > 0 { seen["pace", default: 0] += 1 }
        let next = machine.nextDeadline
        checkEntries()
        checkLink()
        if machine.isClosed {
            check(next == .distantFuture, "closed, but wants to be called again")
            check(ledger.open.isEmpty, "callers wait though all is over")
        } else {
            // A deadline in the past would make the loop spin.
            check(next > now, "the next deadline is not in the future")
        }
        for (id, item) in ledger.open {
            check(item.deadline > now, "\(id) is past its deadline and its caller still waits")
            check(next <= item.deadline, "the next deadline is later than that of \(id)")
            check(!item.isCancelled, "\(id) was cancelled and its caller still waits")
            check(!item.isGivenUp, "\(id) waits for another connection")
        }
        if let drainDeadline, !isFinished { check(now < drainDeadline, "open beyond the drain deadline") }
        check(isFinished == machine.isClosed, "finished and closed are not the same")
        check(machine.failures.isEmpty, "a failed caller was not told")
    }

    /// Nothing is lost or counted twice, and what was submitted first is first, also after it was put back.
    private func checkEntries() {
        let (inFlight, waiting) = (Array(machine.inFlight), Array(machine.waiting))
        var (last, bytes, wanted): (UInt64, Int, Int) = (0, 0, 0)
        for entry in inFlight {
            check(entry.id > last, "\(entry.id) is in flight after \(last)")
            last = entry.id
            bytes += entry.bytes
            if !entry.isAbandoned { wanted += 1 }
            check((0...entry.replies).contains(entry.repliesDue), "\(entry.id) is due \(entry.repliesDue) replies")
        }
        check(bytes == machine.bytesInFlight, "\(machine.bytesInFlight) bytes in flight are \(bytes)")
        for entry in waiting {
            check(entry.id > last, "\(entry.id) waits after \(last)")
            check(!entry.isAbandoned, "\(entry.id) waits for nobody")
            check(entry.repliesDue == entry.replies, "\(entry.id) waits with a part of its replies")
            last = entry.id
            bytes += entry.bytes
        }
        wanted += waiting.count
        check(wanted == ledger.open.count, "\(ledger.open.count) callers wait for \(wanted) entries")
        let places = inFlight.count + waiting.count
        let released = ledger.released + machine.releasedCommands
        check(places + released == ledger.submitted, "\(places) places and \(released) released are not all")
        let releasedBytes = ledger.releasedBytes + machine.releasedBytes
        check(bytes + releasedBytes == ledger.submittedBytes, "bytes are lost")
    }

    private func checkLink() {
        switch (machine.phase, link) {
        case (.resolving, .resolving), (.connecting, .connecting), (.closed, .none):
            break
        case (.disconnected(let retryAt), .none):
            let isWanted = machine.staysConnected || !machine.waiting.isEmpty
            check(!isWanted || retryAt > now, "a connection is wanted and nothing is tried")
        case (.handshaking(_, let due), .loggingIn(let stepsDue)):
            check(due == stepsDue, "\(due) log-in replies are due, not \(stepsDue)")
        case (.ready, .ready):
            check(machine.inFlight.map { Int($0.id) } == unproved, "in flight is not what was sent")
            check(!machine.proofs.isSpanOpen, "a write ended without a nonce")
            guard let next = machine.waiting.first,
                machine.proofs.roleAskedAt == nil || !machine.freshness.isRoleDue(now)
            else { break }
            let hasRoom =
                machine.inFlight.count < machine.limits.maximumCommandsInFlight
                && (machine.inFlight.isEmpty || machine.inFlight.count < machine.pace.window)
                && (machine.inFlight.isEmpty
                    || machine.bytesInFlight + next.bytes <= machine.limits.maximumBytesInFlight)
            check(!hasRoom, "\(next.id) waits though there is room")
        default:
            violate("the machine is in \(machine.phase), the link in \(link)")
        }
        if !machine.isClosed, case .ready = machine.phase {
        } else {
            check(machine.inFlight.isEmpty, "in flight without a connection")
        }
    }
}
