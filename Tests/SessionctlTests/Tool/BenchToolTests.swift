import EmbeddedRedis
import Foundation
import Testing

@Suite("sessionctl bench", .timeLimit(.minutes(3)))
struct BenchToolTests {
    @Test("measures every operation, and lookups beside redis-benchmark and another client")
    func everything() async throws {
        let peer = FileManager.default.temporaryDirectory.appending(path: "sr-peer-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: peer) }
        let answer = #"{"name":"peer","perSecond":1,"p50us":2,"p99us":3,"p999us":4,"cpuUs":5}"#
        try Data("echo '\(answer)'\n".utf8).write(to: peer)
        let result = try await runCommand(
            Tool.path,
            [
                "bench", "--json", "--sessions", "100", "--requests", "1000", "--concurrency", "1", "3",
                "--peer", "/bin/sh", peer.path,
            ])
        #expect(result.status == 0, "\(result.standardError)")
        let report = try JSONValue(parsing: result.standardOutput)
        #expect(report.names == ["bytesPerSession", "rows"])
        let rows = report["rows"].elements
        #expect(
            Set(rows.map(\.["operation"].text)) == [
                "authorize", "authorize, store's thread", "redis-benchmark HMGET", "peer", "authorize, near cache",
                "create", "touch",
                "list, 10 sessions", "rotate", "terminate", "terminate all, 100 sessions",
                "terminate all, 1000 sessions", "refused by another process",
            ])
        let required: Set = ["operation", "concurrency", "perSecond", "p50us", "p99us", "clientCPUus"]
        #expect(rows.allSatisfy { required.isSubset(of: $0.names) })
        for ours in rows.prefix(2) {
            #expect(Set(ours.names).isSuperset(of: ["p999us", "serverUs", "ofLimit", "ofPeer"]))
        }
    }
}
