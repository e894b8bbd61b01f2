import RedisClient
import TestSupport

@testable import SessionRepository

/// Those who look sessions up.
extension NearCacheSchedule {
    func lookUp(_ key: Int) {
        let record = records[key]
        let link = links[record.server]
        switch fixture.lookUp(record.id, from: link.source) {
        case .hit(let session):
            seen["hit", default: 0] += 1
            check(link.isUp, "a hit while changes go unheard")
            examine(session, of: key, floor: record.floor, startedAt: fixture.now)
        case .ask(let ticket):
            seen["ask", default: 0] += 1
            questions.append(Question(key: key, ticket: ticket))
        case .wait(let flight):
            seen["wait", default: 0] += 1
            waiters.append(Waiter(key: key, flight: flight, floor: record.floor, startedAt: fixture.now))
        case .bypass:
            seen["bypass", default: 0] += 1
            check(!link.isUp, "bypassed while every change is heard of")
        }
    }

    /// What a lookup that started at `startedAt` was told.
    private func examine(_ session: Session, of key: Int, floor: Int, startedAt: MonotonicTime) {
        let record = records[key]
        guard session.id == record.id, let version = session.deviceName.flatMap(Int.init) else {
            return violate("the session of somebody else")
        }
        check(session.grantID == nil, "a session under a grant")
        check(version >= floor, "version \(version) after it was known to have changed; at least \(floor) is due")
        if version < record.version {
            let changedAt = record.writtenAt[version + 1]
            check(startedAt < changedAt + staleness, "version \(version) was changed too long ago")
            if changedAt < startedAt { seen["stale", default: 0] += 1 }
        } else {
            check(startedAt < record.expiresAt, "the session has expired")
        }
    }

    func settle(_ waiter: Waiter) async {
        switch await waiter.flight.outcome() {
        case .answer(.active(let session)):
            seen["shared", default: 0] += 1
            examine(session, of: waiter.key, floor: waiter.floor, startedAt: waiter.startedAt)
        case .answer(.supportAccessEnded):
            violate("a grant's state was handed on")
        case .answer(.terminated), .answer(.unknown):
            seen["sharedNo", default: 0] += 1
        case .failure(let error):
            check(error == .timedOut, "another's cancellation")
            seen["sharedFailure", default: 0] += 1
        case .askYourself:
            seen["sentAway", default: 0] += 1
        }
    }

    /// The server reads a record for somebody.
    func serve() {
        guard let position = questions.indices.filter({ questions[$0].answer == nil }).randomElement(using: &random)
        else { return }
        let record = records[questions[position].key]
        let left = record.expiresAt.nanoseconds - fixture.now.nanoseconds
        questions[position].answer =
            left > 0 ? (record.authorization, .nanoseconds(left)) : (.unknown, .milliseconds(-2))
    }

    /// The answer arrives, in any order, or the question comes to nothing.
    func answer() {
        guard let position = questions.indices.randomElement(using: &random) else { return }
        let question = questions.remove(at: position)
        if let answer = question.answer, chance(90) {
            seen["answer", default: 0] += 1
            question.ticket.answer(answer.authorization, remaining: answer.remaining, now: fixture.now)
        } else {
            switch Int.random(in: 0..<3, using: &random) {
            case 0: question.ticket.fail(.timedOut)
            case 1: question.ticket.fail(.cancelled)
            default: question.ticket.drop()
            }
        }
    }
}
