import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A redis-server of this process, which ends with it, however that ends.
final class PrivateRedis: Sendable {
    /// All suites share one, each test under a prefix of its own.
    static let shared = Result { try PrivateRedis() }

    let directory: URL
    private let processID: pid_t
    /// Written to by nobody: its end is what ends the server.
    private let input = Pipe()

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "auth-service-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../scripts/private-redis.sh").standardizedFileURL
        let process = Process()
        let output = Pipe()
        process.executableURL = script
        process.arguments = [directory.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let answer = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard answer.hasPrefix("ready "), let id = pid_t(answer.dropFirst(6).trimmingCharacters(in: .newlines)) else {
            throw Failure(description: "redis-server did not start")
        }
        processID = id
    }

    deinit {
        try? input.fileHandleForWriting.close()
        try? FileManager.default.removeItem(at: directory)
    }

    var url: String { "redis+unix://\(directory.appending(path: "redis.sock").path)" }

    /// It stops answering and keeps its connections, as a machine does that has lost its network.
    func freeze() { kill(processID, SIGSTOP) }

    func thaw() { kill(processID, SIGCONT) }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }
}
