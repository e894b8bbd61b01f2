import EmbeddedRedis
import Foundation
import Testing

@testable import SessionRepository

@Suite("What a session costs in Redis")
struct MemoryPerSessionTests {
    @Test("One of two sessions of a user costs at most 500 bytes, indexes included, under the documented configuration")
    func footprint() async throws {
        try await withPrivateStore(configure: { $0.keyPrefix = "sr" }, checkingAfterwards: false) { store, _ in
            let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"
            let users = 50_000
            let before = try await self.usedMemory(store)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<64 {
                    group.addTask {
                        for number in stride(from: worker, to: users, by: 64) {
                            // Up to 10 bytes.
                            let user = try UserID("user-\(number)")
                            for device in ["Pixel 9", "Laptop"] {
                                _ = try await store.repository.createSession(
                                    NewSession(
                                        userID: user, ticket: .none, deviceName: device, ipAddress: "203.0.113.7",
                                        userAgent: String(agent.prefix(80))))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let perSession = Double(try await self.usedMemory(store) - before) / Double(2 * users)
            print("bytes of Redis memory per session: \(perSession)")
            #expect(perSession <= 500)
            #expect(perSession > 100)
        }
    }

    private func usedMemory(_ store: Store) async throws -> Int64 {
        let info = try await store.redis.send("INFO", "memory").string ?? ""
        let all = try #require(info.firstMatch(of: /used_memory:(\d+)/).flatMap { Int64($0.1) })
        // Buffers of this test's connections, which a busy machine makes larger.
        let clients = try #require(info.firstMatch(of: /mem_clients_normal:(\d+)/).flatMap { Int64($0.1) })
        return all - clients
    }
}
