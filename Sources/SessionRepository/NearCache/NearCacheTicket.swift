package import RedisClient

/// The right, and the duty, to answer one question. Dropping it unanswered, by an error or a cancellation, lets those
/// who wait ask for themselves.
package struct NearCacheTicket: ~Copyable, Sendable {
    private let flight: NearCacheFlight
    private let shard: NearCacheShard
    private let source: NearCacheSource

    init(_ flight: NearCacheFlight, shard: NearCacheShard, source: NearCacheSource) {
        self.flight = flight
        self.shard = shard
        self.source = source
    }

    /// Hands in the answer.
    /// - Parameter remaining: what the session's record had left to live when it was read.
    package consuming func answer(
        _ authorization: Authorization, remaining: Duration, now: MonotonicTime = .now()
    ) {
        let isShared =
            switch authorization {
            // A grant ends on its own, without a change to the session: neither remembered nor handed on.
            case .active(let session) where session.grantID != nil: landUnshared()
            case .supportAccessEnded: landUnshared()
            case .active(let session):
                shard.land(flight, from: source, with: session, remaining: remaining, now: now)
            // An ended or unknown session is not remembered: it would take the place of one that is of use.
            case .terminated, .unknown: land()
            }
        flight.end(isShared ? .answer(authorization) : .askYourself)
    }

    /// The question came to nothing. Those who wait would fare no better now, unless it was this caller who gave up.
    package consuming func fail(_ error: SessionRepositoryError) {
        _ = land()
        flight.end(error == .cancelled ? .askYourself : .failure(error))
    }

    private func landUnshared() -> Bool {
        _ = land()
        return false
    }

    private func land() -> Bool {
        shard.land(flight, from: source)
    }

    deinit {
        guard !flight.isOver else { return }
        _ = land()
        flight.end(.askYourself)
    }
}
