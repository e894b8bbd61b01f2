import Foundation
import Testing

/// README's shell examples, pasted into a shell as a newcomer would.
@Suite("README's commands")
struct ReadmeShellTests {
    @Test("The tool's examples work, and redis-cli's one-liners show what README says they show")
    func blocks() async throws {
        let blocks = try Self.shellBlocks()
        let tool = try #require(blocks.first { $0.contains("sessionctl session create") })
        let keys = try #require(blocks.first { $0.contains("redis-cli HGETALL") })
        try await withEmbeddedRedis { redis in
            let shell = try NewcomersShell(redis: redis)
            defer { shell.remove() }
            let told = try await shell.run(tool)
            for word in ["Pixel 9", "203.0.113.7", "acme", "eviction"] { #expect(told.contains(word)) }
            _ = try await shell.run(keys)
            try check(shell.replies())
        }
    }

    private func check(_ replies: [(command: String, lines: [String])]) throws {
        func lines(of command: String) throws -> [String] {
            try #require(replies.first { $0.command.hasPrefix(command) }, "README has \(command)").lines
        }
        let index = try lines(of: "ZRANGE sr:user:")
        #expect(index.count == 2)
        #expect(index.first?.wholeMatch(of: /[A-Za-z0-9_-]{22}/) != nil)
        let record = try lines(of: "HGETALL")
        #expect(record.starts(with: ["id", String(index[0].prefix(8)), "user", "user-42", "state", "active"]))
        let remaining = try #require(try lines(of: "PTTL").first.flatMap { Int($0) })
        #expect((1...14 * 86_400_000).contains(remaining))
        #expect(try lines(of: "EXISTS sr:chain:") == ["0"])
        #expect(try lines(of: "HGET sr:account:").first?.wholeMatch(of: /\d{13}-[\w-]{8}/) != nil)
        let grants = try lines(of: "ZRANGE sr:org:")
        #expect(grants.count == 2)
        #expect(grants.last?.wholeMatch(of: /\d{13}/) != nil)
    }

    private static func shellBlocks() throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let readme = try String(contentsOf: root.standardizedFileURL.appending(path: "README.md"), encoding: .utf8)
        return readme.matches(of: /(?s)```sh\n(.*?)```/).map { String($0.1) }
    }
}
