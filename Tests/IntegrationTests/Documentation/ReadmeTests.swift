import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@Suite("README")
struct ReadmeTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

    @Test("The Swift example is the one that is compiled here")
    func exampleIsCompiled() throws {
        let root = Self.folder.appending(path: "../../..").standardizedFileURL
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let compiled = try String(contentsOf: Self.folder.appending(path: "ReadmeExample.swift"), encoding: .utf8)
        #expect(readme.contains("```swift\n\(compiled)```"))
    }

    @Test("The Swift example does what it says")
    func exampleRuns() async throws {
        // It uses the default prefix, so it gets a server of its own.
        try await withPrivateServer { server in
            try await tour(of: server.url)
            let redis = try RedisClient.raw(server.url)
            let records = try await redis.keys(matching: "sr:session:*")
            #expect(records.count == 1)
            for record in records {
                #expect(try await redis.send("HGET", record, "state") == .string("terminated"))
            }
            await redis.shutdown()
        }
    }
}
