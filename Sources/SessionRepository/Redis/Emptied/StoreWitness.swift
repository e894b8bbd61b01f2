import Foundation
import Logging
import RedisClient
import Synchronization

/// Notices that a server has come back empty. It asks nothing while lookups find sessions: only an unknown session makes
/// it ask for the number of keys (DBSIZE), at most once a second.
final class StoreWitness: Sendable {
    private struct State {
        var memory = StoreMemory()
        var lastLook = MonotonicTime(nanoseconds: .min)
    }

    private let state = Mutex(State())
    /// How long a session that was active leaves a record at least, in seconds.
    private let retention: Double
    /// In a cluster, which slots one server has.
    private let client: RedisClient
    private let logger: Logger
    /// Up to when something must be there, where there is one server: spares the lock.
    private let due = Atomic<Int64>(.min)
    private let hasLosses = Atomic(false)

    private static let interval = Duration.seconds(1)

    init(policy: SessionPolicy, client: RedisClient, logger: Logger) {
        retention = min(policy.terminatedRetention, policy.idleTimeout) / .seconds(1)
        self.client = client
        self.logger = logger
    }

    var condition: StoreCondition {
        guard hasLosses.load(ordering: .relaxed) else { return .intact }
        return state.withLock { state in
            let emptiedAt = state.memory.emptiedAt(now: Date().timeIntervalSince1970)
            hasLosses.store(emptiedAt != nil, ordering: .relaxed)
            return emptiedAt.map { .emptied(at: Date(timeIntervalSince1970: $0)) } ?? .intact
        }
    }

    /// An active session, from Redis.
    func saw(_ session: Session) {
        let end = min(session.lastActivityAt.addingTimeInterval(retention), session.idleExpiresAt).timeIntervalSince1970
        let mayBeNews = Int64(end) > due.load(ordering: .relaxed) || hasLosses.load(ordering: .relaxed)
        guard mayBeNews || client.isCluster else { return }
        let slot = slot(of: session.id)
        let isRestored = state.withLock { state in
            guard hasLosses.load(ordering: .relaxed) || state.memory.isDue(end, in: slot) else { return false }
            due.store(Int64(end + StoreMemory.resolution), ordering: .relaxed)
            return state.memory.saw(createdAt: session.createdAt.timeIntervalSince1970, until: end, in: slot)
        }
        if isRestored { logger.notice("the store has the sessions again that it had lost") }
    }

    /// An unknown session: perhaps nothing is there at all.
    func missed(_ id: SessionID) {
        guard due.load(ordering: .relaxed) != .min else { return }
        let now = MonotonicTime.now()
        let isDue = state.withLock { state in
            guard state.memory.expectsAnything, now >= state.lastLook + Self.interval else { return false }
            state.lastLook = now
            return true
        }
        guard isDue else { return }
        Task { await look(for: id) }
    }

    private func look(for id: SessionID) async {
        let slot = slot(of: id)
        let count: Int64?
        do {
            // Sealed: the answer does not say what it is about.
            count = try await client.execute(RedisCommand("DBSIZE").sealed, slot: slot) { $0.integer }
        } catch {
            return logger.debug(
                "cannot tell whether the store is empty", metadata: .keyed([.redisError: "\(error)"]))
        }
        guard count == 0 else { return }
        let isNews = state.withLock { state in
            let isNews = state.memory.foundEmpty(
                slots: { self.client.haveOneMaster($0, slot) }, now: Date().timeIntervalSince1970)
            if !state.memory.expectsAnything { due.store(.min, ordering: .relaxed) }
            hasLosses.store(!state.memory.losses.isEmpty, ordering: .relaxed)
            return isNews
        }
        guard isNews else { return }
        logger.error(
            "the store is empty, though sessions should be there: every session is unknown",
            metadata: .keyed([.endpoint: "\(client.configuration.topology)"]))
    }

    private func slot(of id: SessionID) -> HashSlot {
        client.isCluster ? HashSlot(of: id.value.tag) : HashSlot(key: "")
    }
}

extension RedisSessionRepository {
    /// Whether Redis still has what this process has seen there. Looked into when a session is unknown; needs the right to
    /// DBSIZE. Where other programs keep keys in the same database, a loss is not noticed.
    public var storeCondition: StoreCondition { witness.condition }
}

extension HealthCheck {
    /// `nil` where nothing is known to be missing.
    static func data(_ condition: StoreCondition) -> HealthCheck? {
        guard case .emptied(let date) = condition else { return nil }
        return HealthCheck(
            name: "data", status: .fail,
            detail:
                "the store was found empty at \(date), though sessions should have been there: each is unknown now, and "
                + "nobody ended it; restore a backup, or look whether this is the right server and database")
    }
}
