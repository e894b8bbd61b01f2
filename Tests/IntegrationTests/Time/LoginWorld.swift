import EmbeddedRedis
import Foundation
import TestSupport

@testable import SessionRepository

/// Random logins, ends of all sessions of a user, and one end of everyone's, while the clocks of a cluster's masters step. What
/// must come of each login is known: each user's steps come one after the other.
struct LoginWorld {
    /// Together 10,000 steps.
    static let rounds = 10
    static let stepsInRound = 1000
    private static let users = 50

    struct Count {
        var steps = 0
        var accepted = 0
        var refused = 0
        var wronglyAccepted = 0
        var wronglyRefused = 0

        static func += (sum: inout Count, other: Count) {
            sum.steps += other.steps
            sum.accepted += other.accepted
            sum.refused += other.refused
            sum.wronglyAccepted += other.wronglyAccepted
            sum.wronglyRefused += other.wronglyRefused
        }
    }

    private struct Login {
        let ticket: LoginTicket
        var isSuperseded = false
    }

    private let store: Store
    private let cluster: EmbeddedCluster
    private let seed: UInt64

    init(_ store: Store, _ cluster: EmbeddedCluster, seed: UInt64) {
        self.store = store
        self.cluster = cluster
        self.seed = seed
    }

    /// Everyone's end comes between two halves, so that it is known which logins began before it.
    func play() async throws -> Count {
        var count = Count()
        let logins = try await half(Array(repeating: [], count: Self.users), 0, &count)
        _ = try await store.repository.terminateAllSessions()
        count.steps += 1
        let superseded = logins.map { $0.map { Login(ticket: $0.ticket, isSuperseded: true) } }
        _ = try await half(superseded, 1, &count)
        return count
    }

    private func half(_ before: [[Login]], _ number: UInt64, _ count: inout Count) async throws -> [[Login]] {
        let results = try await inParallel(Self.users) { user in
            try await steps(of: user, before[user], SplitMix64(seed: seed << 16 | number << 8 | UInt64(user)))
        }
        for (_, part) in results { count += part }
        return results.map(\.logins)
    }

    private func steps(
        of number: Int, _ before: [Login], _ random: SplitMix64
    ) async throws -> (logins: [Login], count: Count) {
        var (random, logins, count) = (random, before, Count())
        let (user, repository) = (try store.user("user \(number)"), store.repository)
        for _ in 0..<(Self.stepsInRound / Self.users / 2) {
            count.steps += 1
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                _ = try await repository.terminateAllSessionsByUser(user)
                for position in logins.indices { logins[position].isSuperseded = true }
            case 1:
                // Up to an hour ahead or behind.
                let node = cluster.nodes.randomElement(using: &random)
                try node?.redis.setClock(ahead: Int64.random(in: -3600...3600, using: &random))
            case 2..<6:
                logins.append(Login(ticket: try await repository.beginLogin(user)))
            default:
                guard let login = logins.randomElement(using: &random) else { continue }
                var new = store.session(for: user)
                new.ticket = login.ticket
                do {
                    _ = try await repository.createSession(new)
                    count.accepted += 1
                    if login.isSuperseded { count.wronglyAccepted += 1 }
                } catch .loginSuperseded {
                    count.refused += 1
                    if !login.isSuperseded { count.wronglyRefused += 1 }
                }
            }
        }
        return (logins, count)
    }
}
