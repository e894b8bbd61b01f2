import Foundation
import Testing

@testable import SessionRepository

extension LoadTests {
    @Suite("The history of many tasks", .timeLimit(.minutes(10)))
    struct HistoryTests {
        private static let operations = 200_000
        private static let scenesAtOnce = 16

        @Test("Over 200,000 operations nothing comes back, nothing ends by halves, no token has two successors")
        func promises() async throws {
            try await withTokenStore { store in
                var (count, batches) = (0, 0)
                var kinds: Set<String> = []
                while count < Self.operations {
                    let histories = try await inParallel(Self.scenesAtOnce) { _ in
                        try await Scene(repository: store.repository).play()
                    }
                    batches += 1
                    for history in histories {
                        #expect(HistoryChecker.check(history).isEmpty)
                        count += history.entries.count
                        for entry in history.entries { kinds.insert(entry.kind) }
                    }
                    try await store.redis.send("EVAL", Self.forget, "0", "\(store.prefix):*")
                }
                #expect(
                    kinds == ["active", "ended", "all", "none", "terminated", "bulk", "rotated", "repeated", "other"])
            }
        }

        /// What one batch leaves behind is of no use to the next.
        private static let forget = """
            local cursor = '0'
            repeat
              local page = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
              cursor = page[1]
              for _, key in ipairs(page[2]) do redis.call('UNLINK', key) end
            until cursor == '0'
            """

        @Test("A store that breaks a promise is found out")
        func controls() async throws {
            try await withTokenStore { store in
                let base = store.repository
                try await expectViolation(by: CachingRepository(base: base)) {
                    if case .cameBack = $0 { true } else { false }
                }
                try await expectViolation(by: HastyRepository(base: base)) {
                    if case .cameBack = $0 { true } else { false }
                }
                try await expectViolation(by: OneByOneRepository(base: base)) {
                    if case .partly = $0 { true } else { false }
                }
                try await expectViolation(by: ForkingRepository(base: base)) {
                    if case .forked = $0 { true } else { false }
                }
            }
        }

        private func expectViolation(
            by repository: any SessionRepository, sourceLocation: SourceLocation = #_sourceLocation,
            _ isExpected: (HistoryChecker.Violation) -> Bool
        ) async throws {
            // One scene shows it nearly always; what depends on who meets whom gets more of them.
            for _ in 0..<50 {
                let history = try await Scene(repository: repository).play()
                if HistoryChecker.check(history).contains(where: isExpected) { return }
            }
            Issue.record("\(type(of: repository)) was not found out", sourceLocation: sourceLocation)
        }

        private func withTokenStore(_ body: (Store) async throws -> Void) async throws {
            let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
            var policy = SessionPolicy()
            policy.reuseInterval = .seconds(3600)
            try await withPrivateStore(policy: policy, configure: { $0.refreshTokenKeys = tokens }) { store, _ in
                try await body(store)
            }
        }
    }
}

extension History.Entry {
    fileprivate var kind: String {
        switch observation {
        case .authorized(_, let isActive): isActive ? "active" : "ended"
        case .listed(_, let shown): shown.isEmpty ? "none" : "all"
        case .terminated: "terminated"
        case .terminatedAll: "bulk"
        case .rotated(_, _, let outcome, _): outcome
        case .stored, .created, .terminatedEveryone, .invalidated, .chain, .revoked, .grant, .attempted, .forgot,
            .other:
            "other"
        }
    }
}
