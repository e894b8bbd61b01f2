import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

extension LoadTests {
    @Suite("The history of many tasks whose replies are damaged now and then", .timeLimit(.minutes(10)))
    struct DamagedHistoryTests {
        @Test(
            "Nothing comes back, nothing ends by halves, no token has two successors", arguments: Damage.Kind.allCases)
        func promises(_ kind: Damage.Kind) async throws {
            // Rarely enough that hardly a call meets it three times in a row.
            let violations = try await violations(kind, oneIn: 2000)
            #expect(violations.isEmpty)
        }

        private func violations(
            _ kind: Damage.Kind, oneIn: Int
        ) async throws -> Set<HistoryChecker.Violation> {
            let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
            var policy = SessionPolicy()
            policy.reuseInterval = .seconds(3600)
            var violations: Set<HistoryChecker.Violation> = []
            try await withPrivateServer { server in
                let way = try FaultProxy(to: .unixSocket(path: server.unixSocketPath))
                try await withStore(
                    url: "redis://127.0.0.1:\(way.port)", policy: policy,
                    configure: {
                        $0.refreshTokenKeys = tokens
                    },
                    checkingAfterwards: false, removingKeys: false
                ) { store in
                    await way.apply(.damaging(.again(kind, oneIn: oneIn, client: "session-repository")))
                    var batches = 0
                    // Replies that come two at a time are few.
                    while way.hits < 5, batches < 40 {
                        batches += 1
                        let histories = try await inParallel(8) { _ in
                            try await Scene(repository: store.repository).play()
                        }
                        for var history in histories {
                            // What is sent again may find its own work.
                            history.connectionsBroke = true
                            violations.formUnion(HistoryChecker.check(history))
                        }
                    }
                    #expect(way.hits > 0)
                }
                await way.stop()
            }
            return violations
        }
    }
}
