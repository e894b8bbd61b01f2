import EmbeddedRedis
import Foundation
import RedisClient
import TestSupport
import Testing

@testable import SessionRepository
@testable import SessionRepositoryTesting

extension LoadTests {
    @Suite("Random sequences", .timeLimit(.minutes(10)))
    struct ModelTests {
        private static let sequences = 2000
        private static let lanes = 16
        /// As many of a lane's sequences must come to a verdict. On a busy machine a step may take until something expires,
        /// and then it is played in vain: others follow.
        private static let verdicts = sequences / lanes / 2

        @Test("On Redis and in memory they come to the same, step by step and at the end")
        func agree() async throws {
            let seed = UInt64.random(in: 0...UInt64.max)
            let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
            var decided = 0
            try await withPrivateServer(EmbeddedRedisOptions(configuration: ["databases \(Self.lanes)"])) { server in
                decided = try await withThrowingTaskGroup(of: Int.self) { group in
                    for lane in 0..<Self.lanes {
                        let url = "\(server.url)?db=\(lane)"
                        group.addTask {
                            try await self.play(lane, of: seed, at: url, policy: Self.policy(of: lane), tokens: tokens)
                        }
                    }
                    return try await group.reduce(0, +)
                }
            }
            // A test of nothing must not look like one of everything.
            #expect(decided >= Self.verdicts * Self.lanes, "seed \(seed): only \(decided) came to a verdict")
        }

        /// One lane has a database of its own, because some steps concern everyone in it.
        private func play(
            _ lane: Int, of seed: UInt64, at url: String, policy: SessionPolicy, tokens: RefreshTokenKeys
        ) async throws -> Int {
            var decided = 0
            try await withStore(
                url: url, policy: policy,
                configure: {
                    $0.refreshTokenKeys = tokens
                    $0.authorizeAttributes = ["slot"]
                    $0.authorizeAssurance = true
                }
            ) { store in
                let comparison = Comparison(
                    fresh: {
                        try await store.redis.send("FLUSHDB")
                        return store.repository
                    }, policy: policy, tokens: tokens, keyPrefix: store.prefix)
                for number in stride(from: lane, to: 4 * Self.sequences, by: Self.lanes)
                where number < Self.sequences || decided < Self.verdicts {
                    let steps = Step.sequence(seed: seed &+ UInt64(number))
                    switch try await comparison.run(steps) {
                    case .agree: decided += 1
                    case .undecided: break
                    case .differ(let text):
                        let smallest = try await comparison.shrink(steps)
                        Issue.record(
                            """
                            seed \(seed) + \(number) (\(policy.overflow), \(policy.activityResolution)): \(text)
                            smallest: \(smallest.steps)
                            there: \(smallest.difference)
                            """)
                        return
                    }
                    try await store.checkInvariants()
                }
            }
            return decided
        }

        private static func policy(of lane: Int) -> SessionPolicy {
            var policy = SessionPolicy()
            policy.maximumSessionsPerUser = 3
            policy.overflow = lane.isMultiple(of: 2) ? .refuse : .terminateLeastRecentlyActive
            policy.activityResolution = lane.isMultiple(of: 3) ? .seconds(3600) : .zero
            policy.reuseInterval = lane.isMultiple(of: 5) ? .zero : .seconds(3600)
            policy.reuse = lane.isMultiple(of: 10) ? .afterSuccessorWasUsed : .afterInterval
            return policy
        }

        @Test(
            "A store that is wrong in one point is found, and the sequence that shows it is short",
            arguments: Mistake.allCases)
        func control(_ mistake: Mistake) async throws {
            let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
            let policy = Self.policy(of: 1)
            let comparison = Comparison(
                fresh: {
                    let honest = try InMemorySessionRepository(
                        policy: policy, refreshTokenKeys: tokens, authorizeAttributes: ["slot"],
                        authorizeAssurance: true)
                    return MistakenRepository(base: honest, mistake: mistake)
                }, policy: policy, tokens: tokens)
            for seed in 0..<UInt64(2000) {
                let steps = Step.sequence(seed: seed)
                guard try await comparison.run(steps).isDifference else { continue }
                let smallest = try await comparison.shrink(steps)
                // Six at most, but where the clock takes part: what a busy machine delays cannot all be left out.
                #expect(smallest.steps.count <= 12, "\(smallest.steps) \(smallest.difference)")
                #expect(!smallest.difference.isEmpty)
                return
            }
            Issue.record("\(mistake) was not found")
        }
    }
}
