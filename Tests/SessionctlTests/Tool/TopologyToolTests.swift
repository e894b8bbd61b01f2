import EmbeddedRedis
import Foundation
import Testing

@Suite("sessionctl on several servers", .serialized, .timeLimit(.minutes(3)))
struct TopologyToolTests {
    @Test("finds the master through Sentinels, and says how many replicas have a revocation")
    func sentinels() async throws {
        let group = try await EmbeddedSentinels.start()
        try await run(at: group.url, replicas: 2)
        await group.stop()
    }

    @Test("works on Redis Cluster, for users of each master")
    func cluster() async throws {
        let cluster = try await EmbeddedCluster.start()
        try await run(at: cluster.url, replicas: 1)
        // Every node is said to be reached where nobody listens.
        let nowhere = cluster.nodes.map { "\($0.address)=127.0.0.1:1" }.joined(separator: ", ")
        #expect(
            try await Tool(url: cluster.url, prefix: "sr", addressMap: nowhere)("session", "list", "anna").status == 69)
        let nonsense = try await Tool(url: cluster.url, prefix: "sr", addressMap: "a=b:1")("session", "list", "anna")
        #expect(nonsense.status == 64 && nonsense.standardError.contains("SESSION_REDIS_ADDRESS_MAP"))
        await cluster.stop()
    }

    private func run(at url: String, replicas: Int) async throws {
        let tool = Tool(url: url, prefix: "sr")
        for user in ["anna", "bert", "cleo"] {
            let session = try await tool.createSession(user: user)
            #expect(try await tool.json("session", "authorize", session)["decision"] == "active")
            let terminated = try await tool.json(
                "session", "terminate", session, "--replicas", "\(replicas)", "--within", "20s")
            #expect(terminated["outcome"] == "terminated")
            #expect(terminated["replicas"] == .number(Double(replicas)))
            #expect(try await tool.json("session", "authorize", session, status: 1)["decision"] == "terminated")
        }
        let text = try await tool("session", "terminate-all", "anna", "--replicas", "\(replicas)", "--within", "20s")
        let noun = replicas == 1 ? "replica" : "replicas"
        #expect(
            text.standardOutput == "terminated 0 sessions, known to be on \(replicas) of \(replicas) \(noun)\n")
        let checks = try await tool("doctor")
        #expect(checks.standardOutput.contains("replication"))
    }

    @Test("takes the environment's addresses for the environment's server only, and names the variable that is wrong")
    func addressMap() async throws {
        try await withEmbeddedRedis(EmbeddedRedisOptions()) { redis in
            let url = "redis+unix://\(redis.unixSocketPath)"
            let tool = Tool(url: url, prefix: "sr", addressMap: "10.0.0.5:x=redis.example:1")
            let wrong = try await tool("session", "list", "anna")
            #expect(wrong.status == 64)
            #expect(wrong.standardError.contains("SESSION_REDIS_ADDRESS_MAP"))
            #expect(try await tool("session", "list", "anna", "--redis", url).status == 0)
        }
    }

    @Test("refuses a wait that cannot be meant, before anything is sent")
    func refused() async throws {
        let tool = Tool(url: "redis://127.0.0.1:1", prefix: "sr")
        let user = try await tool("session", "terminate-all", "anna", "--within", "1s")
        #expect(user.status == 64)
        let many = try await tool("session", "terminate-all", "anna", "--replicas", "1000")
        #expect(many.status == 64)
    }
}
