import Logging
import SessionRepository
import Synchronization

/// A repository, its sessions, and the work on them.
final class PairWorker {
    private let url: String
    private let prefix: String
    private let repository: RedisSessionRepository
    /// With a near cache, once something is to be remembered.
    private var remembering: RedisSessionRepository?
    private var families: [String: PairFamily] = [:]
    /// How many of a family's sessions are terminated.
    private var terminated: [String: Cursor] = [:]

    private final class Cursor: Sendable {
        let next = Atomic<Int>(0)
    }

    init(url: String, prefix: String) throws {
        (self.url, self.prefix) = (url, prefix)
        repository = try Self.repository(url: url, prefix: prefix) { _ in }
    }

    private static func repository(
        url: String, prefix: String, _ adjust: (inout RedisSessionRepositoryConfiguration) -> Void
    ) throws -> RedisSessionRepository {
        var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(url: url))
        configuration.keyPrefix = prefix
        // As `sessionctl bench` has it: every touch is a write, and one user's sessions end together a thousand at a time.
        configuration.policy.maximumSessionsPerUser = 10_000
        configuration.policy.activityResolution = .zero
        configuration.policy.terminatedRetention = .seconds(60)
        configuration.commandTimeout = .seconds(10)
        configuration.connectTimeout = .seconds(10)
        adjust(&configuration)
        return try RedisSessionRepository(
            configuration: configuration, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
    }

    func close() async {
        await remembering?.shutdown()
        await repository.shutdown()
    }

    // MARK: Before slices

    func create(_ family: PairFamily) async throws -> PairTally {
        families[family.name] = family
        terminated[family.name] = Cursor()
        let (repository, ids, users, perUser) = (repository, family.ids, family.users, family.perUser)
        let cursor = Cursor()
        return try await Self.run(tasks: 64, for: .seconds(3600)) { _ in
            let index = cursor.next.add(1, ordering: .relaxed).oldValue
            guard index < ids.count else { return 0 }
            var session = NewSession.typical(of: users[index / perUser], id: ids[index])
            // The policy's default, with which a record is smallest.
            session.lifetime = nil
            _ = try await repository.createSession(session)
            return 1
        }
    }

    func remember(_ name: String) async throws -> PairTally {
        let family = try family(name)
        if remembering == nil {
            remembering = try Self.repository(url: url, prefix: prefix) { configuration in
                var policy = NearCachePolicy()
                // Chance fills its parts unevenly.
                policy.maximumEntries = 4 * family.ids.count
                policy.maximumStaleness = .seconds(3600)
                configuration.nearCache = policy
            }
        }
        var tally = PairTally()
        guard let remembering else { return tally }
        for id in family.ids {
            // What is read before the server tells of changes is not remembered.
            let hits = remembering.nearCacheStatistics.hits
            while remembering.nearCacheStatistics.hits == hits { try await Self.authorize(id, in: remembering) }
            tally.count += 1
        }
        return tally
    }

    // MARK: Slices

    func measure(_ slice: PairSlice) async throws -> PairTally {
        let (repository, ids) = (repository, try family(slice.family).ids)
        @Sendable func draw(_ random: UInt64) -> SessionID { ids[Int(random % UInt64(ids.count))] }
        @Sendable func authorize(_ random: UInt64) async throws -> Int {
            try await Self.authorize(draw(random), in: repository)
            return 1
        }
        switch slice.operation {
        case .authorize:
            return try await Self.run(tasks: slice.tasks, for: slice.duration, authorize)
        case .authorizeOnStoresThread:
            return try await withTaskExecutorPreference(repository.taskExecutor) {
                try await Self.run(tasks: slice.tasks, for: slice.duration, authorize)
            }
        case .hit:
            guard let remembering else { throw Unprepared(name: slice.family) }
            let before = remembering.nearCacheStatistics.hits
            let tally = try await Self.run(tasks: slice.tasks, for: slice.duration, isTimed: false) { random in
                for step in 0..<64 as Range<UInt64> { try await Self.authorize(draw(random &+ step), in: remembering) }
                return 64
            }
            // A busy machine may miss some, because a confirmation came late.
            guard 100 * (remembering.nearCacheStatistics.hits - before) >= 99 * tally.count else { throw Missed() }
            return tally
        case .touch:
            return try await Self.run(tasks: slice.tasks, for: slice.duration) { random in
                guard try await repository.touch(draw(random)) == .recorded else { throw NotActive() }
                return 1
            }
        case .terminate:
            guard let cursor = terminated[slice.family] else { throw Unprepared(name: slice.family) }
            return try await Self.run(tasks: slice.tasks, for: slice.duration) { _ in
                let index = cursor.next.add(1, ordering: .relaxed).oldValue
                guard index < ids.count else { return 0 }
                _ = try await repository.terminateSession(ids[index])
                return 1
            }
        }
    }

    func terminateAll(_ user: Int, of name: String) async throws -> PairTally {
        let family = try family(name)
        let count = try await repository.terminateAllSessionsByUser(family.users[user])
        guard count == family.perUser else { throw NotActive() }
        return PairTally(count: count)
    }

    /// - Parameter body: returns how many operations it made; 0 when there is nothing left to do.
    private static func run(
        tasks: Int, for duration: Duration, isTimed: Bool = true,
        _ body: @escaping @Sendable (_ random: UInt64) async throws -> Int
    ) async throws -> PairTally {
        let processor = ProcessorTime.ownMicroseconds()
        let start = ContinuousClock.now
        let end = start + duration
        let shares = try await withThrowingTaskGroup(of: PairShare.self) { group in
            for task in 0..<tasks {
                group.addTask { try await work(UInt64(task), until: end, isTimed: isTimed, body) }
            }
            return try await group.reduce(into: PairShare()) { $0.add($1) }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let processorUs = ProcessorTime.ownMicroseconds() - processor
        return PairTally(count: shares.count, seconds: seconds, p50us: shares.p50us, processorUs: processorUs)
    }

    /// The end of one operation is the beginning of the next: the clock is read once for each.
    private static func work(
        _ seed: UInt64, until end: ContinuousClock.Instant, isTimed: Bool,
        _ body: @Sendable (UInt64) async throws -> Int
    ) async throws -> PairShare {
        var share = PairShare()
        var now = ContinuousClock.now
        // Other sessions in each slice.
        var random = UInt64.random(in: 0 ... .max) ^ seed
        while now < end {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let count = try await body(random >> 20)
            guard count > 0 else { break }
            let next = ContinuousClock.now
            if isTimed { share.record(next - now) }
            share.count += count
            now = next
        }
        return share
    }

    private func family(_ name: String) throws -> PairFamily {
        guard let family = families[name] else { throw Unprepared(name: name) }
        return family
    }

    private static func authorize(_ id: SessionID, in repository: RedisSessionRepository) async throws {
        guard case .active = try await repository.authorize(id) else { throw NotActive() }
    }

    private struct Unprepared: Error, CustomStringConvertible {
        let name: String
        var description: String { "there are no sessions \(name)" }
    }

    private struct NotActive: Error, CustomStringConvertible {
        let description = "a session is not active"
    }

    private struct Missed: Error, CustomStringConvertible {
        let description = "the near cache did not answer everything"
    }
}
