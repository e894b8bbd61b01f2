import Foundation
import Synchronization
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("A hostile server")
    struct HostileServerTests {
        @Test("Whatever it answers, in whatever pieces, every call returns and the process lives", arguments: 0..<12)
        func fuzz(_ batch: Int) async throws {
            let base = UInt64.random(in: 0...UInt64.max)
            let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
            let calls = try EveryCall.all(tokens: tokens)
            let returned = try await inParallel(8) { number in
                try await self.play(
                    seed: base &+ UInt64(number), piece: [1, 3, 4096][(batch + number) % 3], calls, tokens)
            }
            #expect(returned.allSatisfy { $0 == calls.count }, "seed \(base): \(returned)")
        }

        /// How many of the calls came back.
        private func play(
            seed: UInt64, piece: Int, _ calls: [String: EveryCall.Call], _ tokens: RefreshTokenKeys
        ) async throws -> Int {
            let replies = Replies(seed: seed)
            let server = try FakeServer(.improvises(piece: piece) { _ in replies.next() })
            defer { server.stop() }
            var count = 0
            try await withRepository(
                at: try RedisServer(unixSocketPath: server.path),
                configure: {
                    $0.commandTimeout = .milliseconds(100)
                    $0.connectTimeout = .milliseconds(100)
                    $0.refreshTokenKeys = tokens
                }
            ) { repository in
                count = await withTaskGroup(of: Void.self) { group in
                    for call in calls.values {
                        group.addTask { _ = await EveryCall.error(of: call, on: repository) }
                    }
                    return await group.reduce(0) { count, _ in count + 1 }
                }
            }
            return count
        }
    }
}

/// The replies of one server, made one after the other on its thread.
private final class Replies: Sendable {
    private let replies: Mutex<HostileReplies>

    init(seed: UInt64) {
        replies = Mutex(HostileReplies(seed: seed))
    }

    func next() -> [UInt8] { replies.withLock { $0.next() } }
}
