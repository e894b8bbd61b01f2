import EmbeddedRedis
import Foundation
import Synchronization
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("Credentials that expire")
    struct ExpiringCredentialTests {
        @Test("Each connection is replaced before that, of whatever kind, and no operation fails by it")
        func replaced() async throws {
            let rotating = Rotating(lifetime: 2)
            let configure: (inout RedisSessionRepositoryConfiguration) -> Void = {
                $0.nearCache = .patient
                $0.connectTimeout = .seconds(1)
            }
            try await withRotatingPassword(rotating, configure: configure) { store, server, rotating in
                let session = try await store.create(for: try store.user())
                let events = try await store.repository.events()
                let isOver = Mutex(false)
                let worker = Task {
                    while !isOver.withLock(\.self) {
                        _ = try await store.repository.touch(session.id, ipAddress: nil)
                        #expect(try await store.repository.findSession(session.id, ownedBy: nil)?.isActive == true)
                    }
                }
                var number = 0
                for _ in 0..<2 {
                    number += 1
                    let before = try await server.connections(of: Rotating.user)
                    #expect(before.count >= 3)
                    try await rotating.change(to: "password \(number)", at: [server])
                    try await eventually("all are other ones") {
                        let now = try await server.connections(of: Rotating.user)
                        return now.isDisjoint(with: before) && now.count >= 3
                    }
                }
                isOver.withLock { $0 = true }
                try await worker.value
                withExtendedLifetime(events) {}
            }
        }

        @Test("Without a time nothing is replaced")
        func endless() async throws {
            try await withRotatingPassword { store, server, _ in
                _ = try await store.repository.currentTime()
                let before = try await server.connections(of: Rotating.user)
                for _ in 0..<100 { _ = try await store.repository.currentTime() }
                #expect(try await server.connections(of: Rotating.user) == before)
            }
        }
    }

    @Suite("Credentials of Sentinels")
    struct SentinelCredentialTests {
        @Test("are others than the servers', and may change while the process runs")
        func sentinels() async throws {
            let rotating = Rotating()
            let group = try await EmbeddedSentinels.start()
            do {
                let sentinels = group.sentinels.map(\.redis)
                try await rotating.change(to: "first", at: sentinels)
                try await withStore(
                    url: group.url, configure: { $0.sentinelCredentials = rotating.provider },
                    checkingAfterwards: false, removingKeys: false
                ) { store in
                    _ = try await store.repository.currentTime()
                    var users: Set<Int> = []
                    for sentinel in sentinels { users.formUnion(try await sentinel.connections(of: Rotating.user)) }
                    #expect(!users.isEmpty)
                    try await rotating.change(to: "second", at: sentinels)
                    try await rotating.kill(at: sentinels)
                    // The master's connection is lost, so that the Sentinels must be asked.
                    _ = try await group.master().send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                    _ = try await store.repository.currentTime()
                    try await eventually("it listens again") {
                        for sentinel in sentinels where try await !sentinel.connections(of: Rotating.user).isEmpty {
                            return true
                        }
                        return false
                    }
                }
            } catch {
                await group.stop()
                throw error
            }
            await group.stop()
        }
    }
}
