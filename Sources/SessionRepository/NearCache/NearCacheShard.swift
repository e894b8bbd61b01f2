import RedisClient
import Synchronization

/// A part of the cache with a lock of its own.
final class NearCacheShard: Sendable {
    private struct State: ~Copyable {
        var entries: NearCacheEntries
        /// The newest question about each session: a placeholder. Only who still finds their own here may store, so
        /// that to remove one is all that a change has to do to void the answer on its way, however late it comes.
        var flights: [SessionID: NearCacheFlight] = [:]
        var counts = NearCacheStatistics()

        mutating func land(_ flight: NearCacheFlight, from source: NearCacheSource) -> Bool {
            guard flights[flight.id] === flight else { return false }
            flights[flight.id] = nil
            // Should the epoch end right after this, what is stored under it is never found.
            return source.epoch == flight.epoch
        }
    }

    private let state: Mutex<State>
    private let staleness: Duration

    init(capacity: Int, staleness: Duration) {
        state = Mutex(State(entries: NearCacheEntries(capacity: capacity)))
        self.staleness = staleness
    }

    /// What a lookup found here. The new flight is the caller's to end.
    enum Finding {
        case hit(Session)
        case asked(NearCacheFlight)
        case joined(NearCacheFlight)
        case bypassed
    }

    func hit(_ id: SessionID, from source: NearCacheSource, now: MonotonicTime) -> Session? {
        state.withLock { state in
            let epoch = source.epoch(at: now)
            guard epoch != 0, let session = state.entries.find(id, epoch: epoch, now: now) else { return nil }
            state.counts.hits += 1
            return session
        }
    }

    func find(_ id: SessionID, from source: NearCacheSource, now: MonotonicTime) -> Finding {
        state.withLock { state in
            let epoch = source.epoch(at: now)
            guard epoch != 0 else {
                state.counts.bypasses += 1
                return .bypassed
            }
            if let session = state.entries.find(id, epoch: epoch, now: now) {
                state.counts.hits += 1
                return .hit(session)
            }
            if let flight = state.flights[id], flight.epoch == epoch, now < flight.askedAt + staleness {
                state.counts.joins += 1
                return .joined(flight)
            }
            let flight = NearCacheFlight(id, epoch: epoch, askedAt: now)
            state.flights[id] = flight
            state.counts.misses += 1
            return .asked(flight)
        }
    }

    /// Whether the session is remembered and is as it must be; counted where it is.
    func absorbTouch(
        _ id: SessionID, from source: NearCacheSource, now: MonotonicTime, where isUnchanged: (Session) -> Bool
    ) -> Bool {
        state.withLock { state in
            let epoch = source.epoch(at: now)
            guard epoch != 0, let session = state.entries.find(id, epoch: epoch, now: now), isUnchanged(session) else {
                return false
            }
            state.counts.absorbedTouches += 1
            return true
        }
    }

    /// Takes the flight's placeholder away. Something may have come in between: then the answer is good for nobody but
    /// the one who asked.
    /// - Returns: whether nothing did.
    func land(_ flight: NearCacheFlight, from source: NearCacheSource) -> Bool {
        state.withLock { $0.land(flight, from: source) }
    }

    /// The same, with an active session to remember, unless its time is over already.
    func land(
        _ flight: NearCacheFlight, from source: NearCacheSource, with session: Session, remaining: Duration,
        now: MonotonicTime
    ) -> Bool {
        let deadline = flight.askedAt + min(remaining, staleness)
        return state.withLock { state in
            guard state.land(flight, from: source), now < deadline else { return false }
            state.entries.insert(session, epoch: flight.epoch, until: deadline)
            return true
        }
    }

    func invalidate(_ id: SessionID) {
        let flight = state.withLock { state in
            let wasStored = state.entries.remove(id)
            let flight = state.flights.removeValue(forKey: id)
            if wasStored || flight != nil { state.counts.invalidations += 1 }
            return flight
        }
        flight?.end(.askYourself)
    }

    func invalidateAll(of owner: HashTag) {
        let flights = state.withLock { state in
            let flights = state.flights.values.filter { $0.id.value.tag == owner }
            for flight in flights { state.flights[flight.id] = nil }
            state.counts.invalidations += state.entries.removeAll(of: owner) + flights.count
            return flights
        }
        for flight in flights { flight.end(.askYourself) }
    }

    func invalidateAll() {
        let flights = state.withLock { state in
            defer { state.flights = [:] }
            state.counts.invalidations += state.entries.count + state.flights.count
            state.entries.removeAll()
            return state.flights.values
        }
        for flight in flights { flight.end(.askYourself) }
    }

    var statistics: NearCacheStatistics {
        state.withLock { state in
            var counts = state.counts
            counts.evictions = state.entries.evictions
            counts.entries = state.entries.count
            return counts
        }
    }

    /// Questions on their way.
    var flightCount: Int { state.withLock { $0.flights.count } }
}
