package import Foundation

/// A running child process whose end can be awaited without blocking a thread of the concurrency pool.
package final class ChildProcess: Sendable {
    private let process: Process
    private let end = Latch<Int32>()

    /// - Parameter environment: added to this process' own.
    package init(
        executable: String, arguments: [String], environment: [String: String] = [:],
        input: FileHandle, output: FileHandle, error: FileHandle
    ) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = error
        process.terminationHandler = { [end] process in
            let signalled = process.terminationReason == .uncaughtSignal
            end.open(process.terminationStatus + (signalled ? 128 : 0))
        }
        try Self.withSignalsUnblocked { try process.run() }
    }

    /// A child inherits the signal mask of the thread that starts it, and the concurrency pool's threads block most
    /// signals: without this, the child could not be terminated but by SIGKILL.
    private static func withSignalsUnblocked(_ body: () throws -> Void) rethrows {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    package var processID: pid_t { process.processIdentifier }

    /// Sends the process a signal; nothing when it has ended.
    package func signal(_ signal: Int32) {
        guard process.isRunning else { return }
        kill(processID, signal)
    }

    /// Waits for the end. 128 and the signal's number when a signal was its cause, as in a shell.
    package func exitStatus() async -> Int32 {
        await end.wait()
    }
}
