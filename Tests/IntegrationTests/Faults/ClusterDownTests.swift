import RedisClient
import Testing

extension FaultTests {
    @Suite("A cluster that is down")
    struct ClusterDownTests {
        private static func isQuestion(_ command: [String]) -> Bool {
            ["GET", "CLUSTER"].contains(command.first)
        }

        @Test(
            "gets at most twice the commands of a healthy one, however many tasks wait for it",
            arguments: ["CLUSTERDOWN The cluster is down", "CLUSTERDOWN Hash slot not served", "LOADING wait"])
        func commands(text: String) async throws {
            let node = try FakeNode()
            node.serves(node.allSlots) { _ in "-\(text)\r\n" }
            try await withClusterClient([node], timeout: .seconds(2)) { client in
                let results = try await inParallel(200) { _ in await client.get("key") }
                for result in results {
                    guard case .failure = result else {
                        Issue.record("\(result)")
                        return
                    }
                }
                let count = node.commands.count(where: Self.isQuestion)
                #expect((200...400).contains(count))
            }
        }

        @Test("and comes back answers all who wait for it, with one more command for each")
        func recovery() async throws {
            let node = try FakeNode()
            let isUp = Flag()
            node.serves(node.allSlots) { _ in isUp.isRaised ? "+here\r\n" : "-CLUSTERDOWN The cluster is down\r\n" }
            try await withClusterClient([node], timeout: .seconds(60)) { client in
                async let results = inParallel(200) { _ in await client.get("key") }
                try await eventually("all have asked") { node.commands.count { $0.first == "GET" } >= 200 }
                isUp.raise()
                #expect(try await results == Array(repeating: .success("here"), count: 200))
                #expect(node.commands.count { $0.first == "GET" } <= 500)
            }
        }

        @Test("is asked about itself on connections that are kept")
        func keptConnection() async throws {
            let (node, replica) = (try FakeNode(), try FakeNode())
            defer { replica.stop() }
            let host = FakeReply.bulk("127.0.0.1")
            let slots =
                "*1\r\n*4\r\n:0\r\n:16383\r\n"
                + "*2\r\n\(host):\(node.port)\r\n*2\r\n\(host):\(replica.port)\r\n"
            let isUp = Flag()
            // The master keeps silent about the cluster, as one that is overloaded.
            node.answers { command in
                switch command.first {
                case "CLUSTER": "*0\r\n"
                case "GET": isUp.isRaised ? "+here\r\n" : "-CLUSTERDOWN The cluster is down\r\n"
                default: "+OK\r\n"
                }
            }
            replica.answers { $0.first == "CLUSTER" ? slots : "+OK\r\n" }
            try await withClusterClient([replica, node], timeout: .seconds(60)) { client in
                async let result = client.get("key")
                try await eventually("it was asked again and again") {
                    replica.commands.count { $0.first == "CLUSTER" } > 5
                }
                isUp.raise()
                #expect(await result == .success("here"))
                #expect(replica.commands.count { $0.contains("SETNAME") || $0.first == "INFO" } <= 1)
                #expect(replica.connections == 1)
            }
        }
    }
}
