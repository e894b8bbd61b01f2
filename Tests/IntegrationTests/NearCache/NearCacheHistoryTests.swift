import Testing

@testable import SessionRepository

extension LoadTests {
    @Suite("The history of many tasks with a near cache", .timeLimit(.minutes(10)))
    struct NearCacheHistoryTests {
        @Test("Nothing comes back, nothing ends by halves")
        func promises() async throws {
            let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
            var policy = SessionPolicy()
            policy.reuseInterval = .seconds(3600)
            try await withPrivateStore(
                policy: policy,
                configure: {
                    $0.refreshTokenKeys = tokens
                    $0.nearCache = .patient
                }
            ) { store, _ in
                try await store.waitForNearCache()
                for _ in 0..<20 {
                    let histories = try await inParallel(8) { _ in try await Scene(repository: store.repository).play()
                    }
                    for history in histories { #expect(HistoryChecker.check(history).isEmpty) }
                }
                #expect(store.statistics.hits > 1000)
            }
        }
    }
}
