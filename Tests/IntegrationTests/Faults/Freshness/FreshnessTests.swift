import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("A master that has lost its place")
    struct FreshnessTests {
        #if os(Linux)
        private static let changes = MasterChange.allCases
        #else
        // Elsewhere the loopback interface has one address.
        private static let changes = MasterChange.allCases.filter { $0 != .renamed }
        #endif

        @Test(
            "A process that only reads stops believing it, near cache or not", arguments: changes, [false, true])
        func left(_ change: MasterChange, hasNearCache: Bool) async throws {
            var scene = FreshnessScene(change: change, hasNearCache: hasNearCache)
            // A busy machine may take its time.
            scene.watch = .seconds(60)
            let report = try await scene.play()
            #expect(report.otherErrors == [])
            if change.leadsToSuccessor { #expect(report.isTerminated) } else { #expect(report.isUnavailable) }
        }

        @Test("Control: a client that takes mastership for granted believes it on", arguments: [false, true])
        func control(hasNearCache: Bool) async throws {
            for change in [MasterChange.demoted, .stranded] {
                var scene = FreshnessScene(change: change, hasNearCache: hasNearCache, assumptions: .mastership)
                scene.stopsWhenRefused = false
                let report = try await scene.play()
                print("\(change), near cache \(hasNearCache): active \(report.lastActive) after the change")
                #expect(report.lastActive > .seconds(5))
            }
        }

        @Test("A replica is unavailable, for reads too")
        func replica() async throws {
            try await withReplicatedPair { pair in
                let server = try RedisServer(unixSocketPath: pair.replica.unixSocketPath)
                try await withRepository(at: server, configure: { $0.commandTimeout = .seconds(1) }) { repository in
                    let calls = try EveryCall.all()
                    for name in ["authorize", "touch", "terminateSession"] {
                        do {
                            try await calls[name]?(repository)
                            Issue.record("\(name) is answered")
                        } catch {
                            guard case .storeUnavailable? = error as? SessionRepositoryError else {
                                Issue.record("\(name): \(error)")
                                continue
                            }
                        }
                    }
                }
            }
        }
    }
}
