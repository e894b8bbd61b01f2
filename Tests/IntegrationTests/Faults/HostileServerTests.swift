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
            let calls = try EveryCall.all().count
            let returned = try await inParallel(8) { number in
                let replies = Replies(seed: base &+ UInt64(number))
                let manner = FakeServer.Manner.improvises(piece: [1, 3, 4096][(batch + number) % 3]) { _ in
                    replies.next()
                }
                return try await EveryCall.outcomes(manner, timeout: .milliseconds(100)).count
            }
            #expect(returned.allSatisfy { $0 == calls }, "seed \(base): \(returned)")
        }

        @Test("Numbers of sessions that nobody can have are refused, not added up", arguments: [Int64.max, -1])
        func counts(_ count: Int64) async throws {
            let node = try FakeNode()
            defer { node.stop() }
            let keys = KeySpace(prefix: "sr")
            let indexes = try ["one", "other"].map { keys.userIndex(try UserID($0)) }
            node.serves("") { command in
                switch command.first {
                case "SCAN": FakeNode.array(["$1\r\n0\r\n", FakeNode.array(indexes.map { "+\($0)\r\n" })])
                case "EVALSHA" where command[3].contains(":user:"): FakeNode.scriptAnswer(to: command, ":\(count)\r\n")
                case "EVALSHA": FakeNode.scriptAnswer(to: command, "*1\r\n:1700000000000\r\n")
                case "TIME": FakeNode.array(["$10\r\n1700000000\r\n", "$1\r\n0\r\n"])
                default: "+OK\r\n"
                }
            }
            try await withRepository(
                at: try RedisServer(url: "redis://127.0.0.1:\(node.port)"), configure: { $0.keyPrefix = "sr" }
            ) { repository in
                let error = await failure { () throws(SessionRepositoryError) in
                    try await repository.terminateAllSessions()
                }
                #expect(error?.code == "storeRefused", "\(String(describing: error))")
            }
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
