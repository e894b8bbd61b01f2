import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("The near cache of a store that lies")
    struct NearCacheLiesTests {
        private static func record(of key: String) -> String {
            let id = key.split(separator: ".").last?.prefix(RandomPart.identityLength) ?? ""
            return "*12\r\n$8\r\n\(id)\r\n$7\r\nuser-42\r\n$6\r\nactive\r\n$-1\r\n$-1\r\n$-1\r\n"
                + "$13\r\n1700000000000\r\n$-1\r\n$13\r\n1700000000000\r\n$-1\r\n$13\r\n1800000000000\r\n$-1\r\n"
        }

        @Test(
            "Whatever it says about how long a session lives, the answer is that of the session's record",
            arguments: [Int64.min, -1, 0, 1, .max])
        func lifetime(_ remaining: Int64) async throws {
            let node = try FakeNode()
            defer { node.stop() }
            node.serves("") { command in
                switch command.first {
                case "HMGET": Self.record(of: command.count > 1 ? command[1] : "")
                case "PTTL": ":\(remaining)\r\n"
                case "SUBSCRIBE": "*3\r\n$9\r\nsubscribe\r\n$20\r\n__redis__:invalidate\r\n:1\r\n"
                case "CLIENT" where command.last == "ID": ":7\r\n"
                default: "+OK\r\n"
                }
            }
            try await withRepository(
                at: try RedisServer(url: "redis://127.0.0.1:\(node.port)"), configure: { $0.nearCache = .patient }
            ) { repository in
                let id = try unknownSession()
                try await eventually("it is asked how long the session lives") {
                    guard case .active = try await repository.authorize(id) else { return false }
                    return node.commands.contains { $0.first == "PTTL" }
                }
                guard case .active = try await repository.authorize(id) else {
                    return #expect(Bool(false), "another answer")
                }
            }
        }
    }
}
