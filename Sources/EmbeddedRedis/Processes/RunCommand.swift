import Foundation

/// What a finished command left behind.
package struct CommandResult: Sendable {
    /// 128 and the signal's number when a signal ended it.
    package let status: Int32
    package let standardOutput: String
    package let standardError: String
}

/// A command cannot be run at all.
package struct CommandNotFound: Error, CustomStringConvertible {
    package let name: String
    package var description: String { "\(name) is not on the PATH" }
}

/// A command under way.
///
/// Its output goes to files without a name: a pipe that nobody empties would stop it, and emptying two at once takes
/// threads.
package struct RunningCommand: Sendable {
    package let process: ChildProcess
    private let output: FileHandle
    private let error: FileHandle

    /// - Parameters:
    ///   - executable: a path, or a name on the PATH.
    ///   - environment: added to this process' own.
    ///   - input: what it finds on its standard input; nothing by default.
    package init(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], input: String = ""
    ) throws {
        guard let path = Executable.path(of: executable) else { throw CommandNotFound(name: executable) }
        let source = try Self.namelessFile()
        try source.write(contentsOf: Data(input.utf8))
        try source.seek(toOffset: 0)
        output = try Self.namelessFile()
        error = try Self.namelessFile()
        process = try ChildProcess(
            executable: path, arguments: arguments, environment: environment,
            input: source, output: output, error: error)
    }

    /// Waits for its end. Cancelling the task terminates the command.
    package func result() async throws -> CommandResult {
        let status = await withTaskCancellationHandler {
            await process.exitStatus()
        } onCancel: {
            process.signal(SIGTERM)
        }
        return CommandResult(
            status: status, standardOutput: try Self.contents(of: output), standardError: try Self.contents(of: error))
    }

    /// What it has written to its standard output so far.
    package func outputSoFar() throws -> String {
        try Self.contents(of: output)
    }

    /// What it has written to its standard error so far.
    package func errorSoFar() throws -> String {
        try Self.contents(of: error)
    }

    /// Reads without moving the offset, which this process shares with the command.
    private static func contents(of file: FileHandle) throws -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = pread(file.fileDescriptor, &chunk, chunk.count, off_t(bytes.count)), count > 0 {
            bytes += chunk.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func namelessFile() throws -> FileHandle {
        var template = Array("\(FileManager.default.temporaryDirectory.path)/sr-command.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}

/// Runs a command to its end.
package func runCommand(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:], input: String = ""
) async throws -> CommandResult {
    try await RunningCommand(executable, arguments, environment: environment, input: input).result()
}
