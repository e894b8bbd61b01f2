import Foundation
import RedisClient

@testable import SessionRepository

/// A near cache of one server, and a clock that the test moves.
final class NearCacheFixture {
    let cache: NearCache
    let source: NearCacheSource
    var now = MonotonicTime(nanoseconds: 1_000_000_000)

    init(entries: Int = 100, staleness: Duration = .seconds(30)) {
        var policy = NearCachePolicy()
        policy.maximumEntries = entries
        policy.maximumStaleness = staleness
        cache = NearCache(policy: policy)
        source = cache.makeSource()
        source.confirm(until: .distantFuture)
        source.becomeCurrent()
    }

    static func session(_ user: String = "u", device: String = "", grant: SupportAccessGrantID? = nil) -> Session {
        session(SessionID(for: UserID(stored: user)), user: user, device: device, grant: grant)
    }

    static func session(
        _ id: SessionID, user: String = "u", device: String = "", grant: SupportAccessGrantID? = nil
    ) -> Session {
        let date = Date(unixMilliseconds: 1_800_000_000_000)
        return Session(
            id: id, userID: UserID(stored: user), state: .active, deviceName: device, ipAddress: nil, userAgent: nil,
            createdAt: date, authenticatedAt: date, lastActivityAt: date, idleExpiresAt: date, expiresAt: date,
            grantID: grant, attributes: [:])
    }

    /// What a lookup comes to, with the ticket where it can be kept.
    enum Lookup {
        case hit(Session)
        case ask(TicketBox)
        case wait(NearCacheFlight)
        case bypass

        var session: Session? { if case .hit(let session) = self { session } else { nil } }
        var ticket: TicketBox? { if case .ask(let ticket) = self { ticket } else { nil } }
        var flight: NearCacheFlight? { if case .wait(let flight) = self { flight } else { nil } }
        var isBypass: Bool { if case .bypass = self { true } else { false } }
    }

    func lookUp(_ id: SessionID, from source: NearCacheSource? = nil) -> Lookup {
        switch cache.lookUp(id, from: source ?? self.source, now: now) {
        case .hit(let session): .hit(session)
        case .ask(let ticket): .ask(TicketBox(ticket))
        case .wait(let flight): .wait(flight)
        case .bypass: .bypass
        }
    }

    /// Asks about a session and stores the answer.
    func store(_ session: Session, remaining: Duration = .seconds(3600)) {
        lookUp(session.id).ticket?.answer(.active(session), remaining: remaining, now: now)
    }
}

/// A ticket in a place where several may be kept.
final class TicketBox {
    private var ticket: NearCacheTicket?

    init(_ ticket: consuming NearCacheTicket) {
        self.ticket = consume ticket
    }

    /// At the very moment of asking, unless told otherwise.
    func answer(
        _ authorization: Authorization, remaining: Duration = .seconds(3600),
        now: MonotonicTime = MonotonicTime(nanoseconds: 0)
    ) {
        ticket.take()?.answer(authorization, remaining: remaining, now: now)
    }

    func fail(_ error: SessionRepositoryError) {
        ticket.take()?.fail(error)
    }

    func drop() {
        ticket = nil
    }
}
