import EmbeddedRedis
import RedisClient
import Synchronization
import Testing

@testable import SessionRepository

/// A process that only calls `authorize` and `touch` while its master changes; the successor ends the session.
struct FreshnessScene {
    let change: MasterChange
    let hasNearCache: Bool
    var assumptions: Assumptions = []
    /// For how long after the change the process is watched.
    var watch = Duration.seconds(6)
    /// Whether to stop at the first answer that is not "active".
    var stopsWhenRefused = true

    struct Report {
        /// The latest question that was answered as if the session were active, since the change.
        var lastActive = Duration.zero
        /// Told by the successor.
        var isTerminated = false
        /// It was told that it cannot be known.
        var isUnavailable = false
        var otherErrors: Set<String> = []
    }

    func play() async throws -> Report {
        var report = Report()
        try await withReplicatedPair { pair in
            let names = Names()
            // The successor's address differs from its predecessor's, and the port does not.
            let successor = try FaultProxy(
                to: .unixSocket(path: pair.replica.unixSocketPath), on: change == .renamed ? "127.0.0.2" : "127.0.0.1",
                port: change == .renamed ? pair.way.port : 0)
            let host = change == .renamed ? "sessions.test" : "127.0.0.1"
            let reader = try RedisServer(host: host, port: Int(pair.way.port))
            var settings = RedisSessionRepositoryConfiguration(server: reader)
            settings.keyPrefix = "fresh"
            settings.nearCache = hasNearCache ? .patient : nil
            settings.assumptions = assumptions
            if change == .renamed { settings.resolve = { _ in [names.address] } }
            try await withRepository(at: reader, configure: { $0 = settings }) { repository in
                report = try await play(pair, names, repository)
            }
            await successor.stop()
        }
        return report
    }

    private func play(
        _ pair: ReplicatedPair, _ names: Names, _ repository: RedisSessionRepository
    ) async throws -> Report {
        let new = NewSession(userID: try UserID("user-42"), ticket: .none)
        let id = new.id
        _ = try await insist { () throws(SessionRepositoryError) in try await repository.createSession(new) }
        try await pair.synchronize()
        let hits = repository.nearCacheStatistics.hits
        try await eventually("it is active, and remembered where there is a near cache") {
            let isActive = (try? await repository.authorize(id))?.session != nil
            return isActive && (!hasNearCache || repository.nearCacheStatistics.hits > hits)
        }
        try await strike(pair, names)
        let changed = ContinuousClock.now
        let successor = try RedisServer(unixSocketPath: pair.replica.unixSocketPath)
        try await withRepository(at: successor, configure: { $0.keyPrefix = "fresh" }) { writer in
            let outcome = try await writer.terminateSession(id, by: "admin")
            #expect(outcome == .terminated)
        }
        return await look(at: id, in: repository, since: changed)
    }

    private func strike(_ pair: ReplicatedPair, _ names: Names) async throws {
        try await pair.promote()
        let successor = RedisEndpoint.unixSocket(path: pair.replica.unixSocketPath)
        switch change {
        case .demoted:
            try await pair.demoteMaster()
            await pair.way.redirect(to: successor, open: .kept)
        case .renamed: names.move()
        case .cut: await pair.way.redirect(to: successor, open: .frozen)
        case .stranded: try await pair.demoteMaster()
        }
    }

    private func look(
        at id: SessionID, in repository: RedisSessionRepository, since changed: ContinuousClock.Instant
    ) async -> Report {
        var report = Report()
        while ContinuousClock.now - changed < watch {
            let asked = ContinuousClock.now - changed
            do throws(SessionRepositoryError) {
                let isActive = try await repository.authorize(id).session != nil
                if isActive { report.lastActive = asked } else { report.isTerminated = true }
                let touched = try await repository.touch(id)
                if touched != .notActive { report.lastActive = asked }
            } catch {
                switch error {
                case .storeUnavailable, .timedOut: report.isUnavailable = true
                default: report.otherErrors.insert(error.code)
                }
            }
            let isRefused = change.leadsToSuccessor ? report.isTerminated : report.isUnavailable
            if isRefused, stopsWhenRefused { return report }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return report
    }

    /// What a name server says.
    private final class Names: Sendable {
        private let current = Mutex("127.0.0.1")
        var address: String { current.withLock { $0 } }
        func move() { current.withLock { $0 = "127.0.0.2" } }
    }
}
