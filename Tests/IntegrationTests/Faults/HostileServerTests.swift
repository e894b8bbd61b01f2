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
            let calls = try EveryCall.all(tokens: tokens).count
            let returned = try await inParallel(8) { number in
                let replies = Replies(seed: base &+ UInt64(number))
                let manner = FakeServer.Manner.improvises(piece: [1, 3, 4096][(batch + number) % 3]) { _ in
                    replies.next()
                }
                return try await EveryCall.outcomes(manner, timeout: .milliseconds(100)).count
            }
            #expect(returned.allSatisfy { $0 == calls }, "seed \(base): \(returned)")
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
