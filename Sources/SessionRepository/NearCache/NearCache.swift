package import RedisClient

/// Active sessions in this process's memory, for as long as every change to them is heard of.
///
/// It does no I/O. Whoever looks a session up and does not find it asks Redis and hands in the answer; whoever listens
/// to Redis calls `invalidate`, and tells each server's `NearCacheSource` when listening can be relied upon.
///
/// A hit takes one of many locks for some ten nanoseconds, writes a flag and a counter next to what it reads anyway,
/// and allocates nothing.
package final class NearCache: Sendable {
    /// Either a session, or what to do in order to learn about it.
    package enum Lookup: ~Copyable, Sendable {
        case hit(Session)
        /// Ask Redis and hand in the answer.
        case ask(NearCacheTicket)
        /// Somebody asks already.
        case wait(NearCacheFlight)
        /// Ask Redis and keep the answer to yourself.
        case bypass
    }

    private let shards: [NearCacheShard]
    private let epochs = NearCacheEpochs()
    package let recentActivity: RecentActivity
    /// Stands for servers that nobody listens to: never current.
    package let unheardOf: NearCacheSource

    package init(policy: NearCachePolicy) {
        unheardOf = NearCacheSource(numbers: epochs)
        recentActivity = RecentActivity(sessions: policy.maximumEntries)
        // Small ones are not divided: chance would fill one part and leave another empty.
        var count = 1
        while count < 64, policy.maximumEntries >= count * 2 * 128 { count *= 2 }
        shards = (0..<count).map { number in
            let capacity = policy.maximumEntries / count + (number < policy.maximumEntries % count ? 1 : 0)
            return NearCacheShard(capacity: capacity, staleness: policy.maximumStaleness)
        }
    }

    /// A server to remember sessions of. Not current yet.
    package func makeSource() -> NearCacheSource {
        NearCacheSource(numbers: epochs)
    }

    package func lookUp(
        _ id: SessionID, from source: NearCacheSource, now: MonotonicTime = .now()
    ) -> Lookup {
        let shard = shard(of: id)
        return switch shard.find(id, from: source, now: now) {
        case .hit(let session): .hit(session)
        case .asked(let flight): .ask(NearCacheTicket(flight, shard: shard, source: source))
        case .joined(let flight): .wait(flight)
        case .bypassed: .bypass
        }
    }

    /// The session if it is there: all of `lookUp` that most callers need, without anything that could suspend.
    package func hit(
        _ id: SessionID, from source: NearCacheSource, now: MonotonicTime = .now()
    ) -> Session? {
        shard(of: id).hit(id, from: source, now: now)
    }

    /// Whether Redis would say of the session's activity that it is recorded recently enough: it has said for how long, and
    /// the session is remembered with that address. Takes a lock only where the former is so.
    package func absorbsTouch(
        _ id: SessionID, ipAddress: String?, from source: NearCacheSource,
        now: MonotonicTime = .now()
    ) -> Bool {
        guard recentActivity.contains(id, at: now) else { return false }
        let shard = shard(of: id)
        guard let ipAddress else { return shard.absorbTouch(id, from: source, now: now) { _ in true } }
        if shard.absorbTouch(id, from: source, now: now, where: { $0.ipAddress == ipAddress }) { return true }
        // What is remembered is spelled canonically.
        let canonical = ClientAddress.canonical(ipAddress)
        guard canonical != ipAddress else { return false }
        // An unusable one is left out, as when Redis is asked.
        return shard.absorbTouch(id, from: source, now: now) { canonical == nil || $0.ipAddress == canonical }
    }

    /// The session has changed: forgets it, and voids every answer about it that is on its way.
    package func invalidate(_ id: SessionID) {
        shard(of: id).invalidate(id)
    }

    /// Any session of the user may have changed: the same for all of them. Looks at every entry's owner, which takes
    /// some microseconds for ten thousand.
    package func invalidateAll(of user: UserID) {
        let tag = HashTag(owner: user.text)
        for shard in shards { shard.invalidateAll(of: tag) }
    }

    /// Any session may have changed.
    package func invalidateAll() {
        for shard in shards { shard.invalidateAll() }
    }

    package var statistics: NearCacheStatistics {
        var sum = NearCacheStatistics()
        for shard in shards { sum += shard.statistics }
        sum.flushes = epochs.flushes
        return sum
    }

    /// Questions on their way.
    package var flightCount: Int { shards.reduce(0) { $0 + $1.flightCount } }

    /// By the product's highest bits, in which all bits of the ID have a say.
    private func shard(of id: SessionID) -> NearCacheShard {
        let mixed = (id.value.random.low ^ id.value.random.high) &* 0x9E37_79B9_7F4A_7C15
        return shards[Int(truncatingIfNeeded: mixed >> 32) & (shards.count - 1)]
    }
}
