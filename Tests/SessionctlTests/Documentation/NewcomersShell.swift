import EmbeddedRedis
import Foundation

/// A shell in which `swift run -q sessionctl` runs the binary that is already built, and `redis-cli` talks to one server
/// and leaves a record of what it was asked and what it said.
struct NewcomersShell {
    private let directory: URL
    private let redis: EmbeddedRedis
    private var record: URL { directory.appending(path: "record") }

    init(redis: EmbeddedRedis) throws {
        self.redis = redis
        directory = FileManager.default.temporaryDirectory.appending(path: "newcomer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try shim(
            "swift",
            """
            [ "$1 $2 $3" = "run -q sessionctl" ] || exit 64
            shift 3
            exec '\(Tool.path)' "$@"
            """)
        try shim(
            "redis-cli",
            """
            PATH=${PATH#*:}
            said=$(redis-cli -s '\(redis.unixSocketPath)' "$@")
            printf '%s\\n' "$said"
            printf '== %s\\n%s\\n' "$*" "$said" >> '\(record.path)'
            """)
    }

    /// Runs a block with the shell's strictest settings; throws when a command of it fails.
    func run(_ block: String) async throws -> String {
        let block = block.replacing("redis://127.0.0.1:6379", with: redis.url)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let environment = ["PATH": "\(directory.path):\(path)", "SESSION_REDIS_URL": redis.url]
        let result = try await runCommand("bash", ["-euo", "pipefail", "-c", block], environment: environment)
        guard result.status == 0 else { throw UnexpectedResult(arguments: [block], result: result) }
        return result.standardOutput
    }

    /// What `redis-cli` was asked, and the lines that it answered.
    func replies() throws -> [(command: String, lines: [String])] {
        let text = try String(contentsOf: record, encoding: .utf8)
        return text.split(separator: "== ").map { part in
            let lines = part.split(separator: "\n").map(String.init)
            return (lines.first ?? "", Array(lines.dropFirst()))
        }
    }

    func remove() {
        try? FileManager.default.removeItem(at: directory)
    }

    private func shim(_ name: String, _ body: String) throws {
        let file = directory.appending(path: name)
        try "#!/usr/bin/env bash\nset -euo pipefail\n\(body)\n".write(to: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: file.path)
    }
}
