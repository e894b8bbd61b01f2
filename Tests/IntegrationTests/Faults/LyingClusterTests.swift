import Foundation
import RedisClient
import Testing

extension FaultTests {
    @Suite("A cluster that lies")
    struct LyingClusterTests {
        private static let hosts = (0..<70_000).map { "10.0.\($0 / 256).\($0 % 256)" }
        private static let stories: [String: String] = [
            "nothing": "*0\r\n", "null": "*-1\r\n", "a word": "+OK\r\n", "an error": "-ERR no cluster support\r\n",
            "garbage": "hello\r\n", "no numbers": "*1\r\n*3\r\n+a\r\n+b\r\n*0\r\n",
            "negative numbers": "*1\r\n*3\r\n:-9223372036854775808\r\n:-1\r\n*2\r\n+h\r\n:-1\r\n",
            "nests": String(repeating: "*1\r\n", count: 6) + ":1\r\n",
            "nests deeply": String(repeating: "*1\r\n", count: 500),
            "too long": "*2147483647\r\n",
            "no hosts, and no such port": "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$-1\r\n:1\r\n",
            "ranges that overlap": FakeNode.slots((0..<5000).map { _ in (0, 16_383, 1) }),
            "70,000 masters": "*70000\r\n"
                + hosts.map { "*3\r\n:0\r\n:0\r\n*2\r\n$\($0.utf8.count)\r\n\($0)\r\n:1\r\n" }.joined(),
        ]

        @Test("Whatever it says about itself, a call ends in time with an error", arguments: stories.keys.sorted())
        func lies(_ name: String) async throws {
            let node = try FakeNode()
            node.answers { $0.first == "CLUSTER" ? Self.stories[name] ?? "" : "+OK\r\n" }
            try await withClusterClient([node]) { client in
                let start = ContinuousClock.now
                let result = await client.get("key-1")
                #expect(ContinuousClock.now - start < .seconds(10))
                switch result {
                // A refusal is told in the server's words, and at once.
                case .failure(.server("ERR", _)): #expect(name == "an error")
                case .failure(.unavailable): #expect(name != "an error")
                default: Issue.record("\(result)")
                }
            }
        }

        @Test("A node that sends everybody to itself is asked a few times, not for ever", arguments: ["MOVED", "ASK"])
        func toItself(code: String) async throws {
            let node = try FakeNode()
            node.serves(node.allSlots) { _ in "-\(code) 1 127.0.0.1:\(node.port)\r\n" }
            try await withClusterClient([node], timeout: .seconds(20)) { client in
                let result = await client.get("key")
                guard case .failure(.unavailable) = result else { return #expect(Bool(false), "\(result)") }
                #expect(node.commands.count { $0.first == "GET" } < 20)
            }
        }

        @Test("Nodes that send everybody in circles are left soon", arguments: ["MOVED", "ASK"])
        func circles(code: String) async throws {
            let (one, other) = (try FakeNode(), try FakeNode())
            one.serves(one.allSlots) { _ in "-\(code) 1 127.0.0.1:\(other.port)\r\n" }
            other.serves(one.allSlots) { $0 == ["ASKING"] ? "+OK\r\n" : "-\(code) 1 :\(one.port)\r\n" }
            try await withClusterClient([one, other], timeout: .seconds(20)) { client in
                let result = await client.get("key")
                guard case .failure(.unavailable) = result else { return #expect(Bool(false), "\(result)") }
            }
        }

        @Test("A node that answers a redirection with nonsense gets an error for it, not a crash")
        func nonsense() async throws {
            for text in ["MOVED", "MOVED x y", "MOVED 16384 h:1", "ASK 1 h:0", "ASK 1 :"] {
                let node = try FakeNode()
                node.serves(node.allSlots) { _ in "-\(text)\r\n" }
                try await withClusterClient([node], timeout: .seconds(20)) { client in
                    guard case .failure(.server) = await client.get("key") else {
                        return #expect(Bool(false), "\(text) was taken for something")
                    }
                }
            }
        }
    }
}
