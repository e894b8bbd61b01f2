import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("Something that answers in a Sentinel's place")
    struct LenientSentinelTests {
        /// Knows the master's address and nothing else.
        private func sentinel(_ host: String, _ port: Int, refusing refusal: String) throws -> FakeNode {
            let node = try FakeNode()
            node.answers { command in
                switch command.prefix(2).map({ $0.lowercased() }) {
                case ["sentinel", "get-master-addr-by-name"]:
                    FakeNode.array([FakeReply.bulk(host), FakeReply.bulk("\(port)")])
                case ["sentinel", "master"]: refusal
                default: "+OK\r\n"
                }
            }
            return node
        }

        @Test(
            "need not tell more than the master's address",
            arguments: [
                "-ERR Unknown sentinel subcommand 'MASTER'\r\n", "-NOPERM no permission for 'sentinel|master'\r\n",
                "*0\r\n", "*2\r\n$4\r\nname\r\n$8\r\nmymaster\r\n",
            ])
        func addressOnly(refusal: String) async throws {
            try await withPrivateServer(EmbeddedRedisOptions(listensOnPort: true)) { master in
                let node = try sentinel("127.0.0.1", try #require(master.port), refusing: refusal)
                let server = try RedisServer(sentinels: [("127.0.0.1", Int(node.port))], masterName: "mymaster")
                try await withRepository(at: server) { repository in
                    let session = try await repository.createSession(
                        NewSession(userID: try UserID("anna"), ticket: .none)
                    ).session
                    #expect(try await repository.authorize(session.id) == .active(session))
                }
                node.stop()
            }
        }

        @Test("may name an address that leads elsewhere from here: the address map says where it is reached")
        func addressMap() async throws {
            try await withPrivateServer(EmbeddedRedisOptions(listensOnPort: true)) { master in
                let node = try sentinel("192.0.2.7", 6379, refusing: "-ERR no\r\n")
                let server = try RedisServer(sentinels: [("127.0.0.1", Int(node.port))], masterName: "mymaster")
                let port = try #require(master.port)
                try await withRepository(
                    at: server, configure: { $0.addressMap = ["192.0.2.7:6379": "127.0.0.1:\(port)"] }
                ) { _ = try await $0.currentTime() }
                node.stop()
            }
        }
    }
}
