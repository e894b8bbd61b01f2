import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A redis-server of this process, which ends with it, however that ends.
final class PrivateRedis: Sendable {
    /// All suites share one, each test under a prefix of its own.
    static let shared = Result { try PrivateRedis() }

    /// Where Redis is.
    let url: String
    private let processID: pid_t
    /// Written to by nobody: its end is what ends the server.
    private let input = Pipe()

    init() throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../scripts/private-redis.sh").standardizedFileURL
        let process = Process()
        let output = Pipe()
        process.executableURL = script
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let answer = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let words = answer.trimmingCharacters(in: .newlines).split(separator: " ", maxSplits: 2)
        guard words.count == 3, words[0] == "ready", let id = pid_t(words[1]) else {
            throw Failure(description: "redis-server did not start")
        }
        processID = id
        url = "redis+unix://\(words[2])/redis.sock"
    }

    deinit {
        try? input.fileHandleForWriting.close()
    }

    /// It stops answering and keeps its connections, as a machine does that has lost its network.
    func freeze() { kill(processID, SIGSTOP) }

    func thaw() { kill(processID, SIGCONT) }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }
}
