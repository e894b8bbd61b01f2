package import Foundation

/// A program that is asked line by line: a line on its standard input, a line on its standard output. One caller at a time.
package actor LineProcess {
    private let process = Process()
    private let input: FileHandle
    private let output: FileHandle
    private var unread = Data()

    /// - Throws: when it cannot be run.
    package init(_ executable: URL?, _ arguments: [String]) throws {
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = executable
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        self.input = input.fileHandleForWriting
        self.output = output.fileHandleForReading
        try process.run()
    }

    package func ask(_ line: String) async throws -> String? {
        try input.write(contentsOf: Data("\(line)\n".utf8))
        return await answer()
    }

    /// `nil` when it has ended.
    package func answer() async -> String? {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: unread[..<end], as: UTF8.self)
                unread = Data(unread[(end + 1)...])
                return line
            }
            let more = await onOwnThread { [output] in output.availableData }
            if more.isEmpty { return nil }
            unread += more
        }
    }

    /// Lets it see the end of its input, and waits for its own.
    package func end() async {
        try? input.close()
        await onOwnThread { [process] in process.waitUntilExit() }
    }

    deinit {
        if process.isRunning { process.terminate() }
    }
}
