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

    @Test("has a profile for Sentinel and one for a cluster, whose servers share the settings of the single one")
    func profiles() {
        #expect(text.matches(of: /\n {4}profiles: \[sentinel\]\n/).count == 7)
        #expect(text.matches(of: /\n {4}profiles: \[cluster\]\n/).count == 7)
        #expect(text.matches(of: /\n {6}include \/etc\/redis.conf\n {6}masterauth "\${REDIS_PASSWORD:\?/).count == 2)
        #expect(text.contains(" cluster-enabled yes\n"))
        #expect(text.contains(" sentinel monitor mymaster 127.0.0.1 6381 2\n"))
    }

    @Test("publishes ports to this host only, and tells clients addresses that hold here")
    func addresses() {
        let ports = text.matches(of: /\n {4}ports:\n((?: {6}- .*\n)+)/).flatMap { $0.1.split(separator: "\n") }
        #expect(ports.count == 4)
        for port in ports { #expect(port.hasPrefix("      - \"127.0.0.1:")) }
        for range in ["7001-7006", "6381-6383", "26381-26383"] {
            #expect(text.contains("\"127.0.0.1:\(range):\(range)\""))
        }
        for name in ["replica-announce-ip", "sentinel announce-ip", "cluster-announce-ip"] {
            #expect(text.contains(" \(name) 127.0.0.1\n"))
        }
    }
}
