import ArgumentParser
import Foundation

/// How a subcommand prints its answer.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print exactly one JSON document.")
    var json = false
}

/// The two streams. Each write goes out at once: what is shown step by step must not wait in a buffer.
enum Output {
    static func write(_ text: String) {
        put(text, on: .standardOutput)
    }

    static func writeDiagnostic(_ text: String) {
        put(text, on: .standardError)
    }

    /// In place of what stands on the terminal's line.
    static func overwriteDiagnostic(_ text: String) {
        put("\r\u{1B}[K\(text)", on: .standardError, terminator: "")
    }

    private static func put(_ text: String, on stream: FileHandle, terminator: String = "\n") {
        // Nobody is left to be told that nobody reads.
        try? stream.write(contentsOf: Data((text + terminator).utf8))
    }
}
