import EmbeddedRedis
import Foundation
import Testing

@Suite("docker-compose.yml")
struct ComposeFileTests {
    private let text: String

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        text = try String(contentsOf: root.appendingPathComponent("docker-compose.yml"), encoding: .utf8)
    }

    @Test("has the memory settings under which everything is tested and measured")
    func memorySettings() {
        for (setting, value) in EmbeddedRedisOptions.memorySettings {
            #expect(text.contains(" \(setting) \(value)\n"))
        }
    }

    @Test("runs Redis as production should")
    func production() {
        #expect(text.contains(" appendonly yes\n"))
        #expect(text.contains(" appendfsync everysec\n"))
        #expect(text.contains("127.0.0.1:"))
        #expect(text.contains("${REDIS_PASSWORD:?"))
        #expect(text.contains("healthcheck:"))
    }
}
