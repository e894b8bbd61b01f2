package import Foundation
import Synchronization

/// A private `redis-server` for one process: for tests, for the demonstration and for `sessionctl --redis embedded`.
///
/// It listens on a Unix socket in a directory that only this user can enter, and on request on a loopback port too. It
/// dies with this process, however this process ends, and when the last reference to it goes.
package final class EmbeddedRedis: Sendable {
    /// The server's directory: socket, configuration, log and, with `appendOnly`, data.
    package let directory: String
    /// The port on 127.0.0.1; `nil` when the server listens on its Unix socket only.
    package let port: Int?

    private let options: EmbeddedRedisOptions
    private let executable: String
    private let guardian: Mutex<Guardian?>

    private init(
        executable: String, directory: String, port: Int?, options: EmbeddedRedisOptions, guardian: Guardian
    ) {
        self.executable = executable
        self.directory = directory
        self.port = port
        self.options = options
        self.guardian = Mutex(guardian)
    }

    /// Starts a server and returns once it answers.
    package static func start(
        _ options: EmbeddedRedisOptions = EmbeddedRedisOptions()
    ) async throws(EmbeddedRedisError) -> EmbeddedRedis {
        guard let executable = Executable.path(of: "redis-server") else { throw .serverNotFound }
        guard options.listensOnPort else {
            return try await start(executable, port: nil, options)
        }
        // Between finding a free port and listening on it, somebody else may take it.
        for _ in 1..<5 {
            do throws(EmbeddedRedisError) {
                return try await start(executable, port: try LoopbackPort.free(), options)
            } catch .didNotStart(let log) where log.contains("Address already in use") {
                continue
            }
        }
        return try await start(executable, port: try LoopbackPort.free(), options)
    }

    private static func start(
        _ executable: String, port: Int?, _ options: EmbeddedRedisOptions
    ) async throws(EmbeddedRedisError) -> EmbeddedRedis {
        let directory = try PrivateDirectory.create()
        do throws(EmbeddedRedisError) {
            try options.writeConfiguration(in: directory, port: port)
            let guardian = try await Guardian.launch(executable, in: directory, options)
            return EmbeddedRedis(
                executable: executable, directory: directory, port: port, options: options, guardian: guardian)
        } catch {
            PrivateDirectory.remove(directory)
            throw error
        }
    }

    /// Ends the server and removes its directory. Calling it again does nothing.
    package func stop() async {
        let current = guardian.withLock { $0.take() }
        await current?.dismiss()
    }
}

// MARK: - Where it is

extension EmbeddedRedis {
    package var unixSocketPath: String { PrivateDirectory.socket(in: directory) }

    /// The URL of the port when there is one, otherwise that of the Unix socket. Holds the password.
    package var url: String {
        guard let port else { return unixSocketURL }
        return "\(options.tls == nil ? "redis" : "rediss")://\(options.userInformation)127.0.0.1:\(port)"
    }

    /// The URL of the Unix socket. Holds the password.
    package var unixSocketURL: String { "redis+unix://\(options.userInformation)\(unixSocketPath)" }

    /// The end of the server's log.
    package var logTail: String { PrivateDirectory.logTail(in: directory) }
}

// MARK: - What can befall it

extension EmbeddedRedis {
    /// The server's process, also after its death; 0 after `stop`.
    package var processID: pid_t { guardian.withLock { $0?.serverID } ?? 0 }

    /// Whether the server's process exists, be it stopped by a signal or not.
    package var isRunning: Bool { guardian.withLock { $0?.serverIsRunning } ?? false }

    /// Sends the server a signal, such as SIGSTOP or SIGCONT; nothing when it is not running.
    package func signal(_ signal: Int32) {
        guardian.withLock { $0?.signalServer(signal) }
    }

    /// Kills the server as the kernel's out-of-memory killer would, and returns once it is gone. The directory stays.
    package func kill() async throws(EmbeddedRedisError) {
        guard let current = guardian.withLock({ $0 }) else { throw .stopped }
        try await current.killServer()
    }

    /// Starts the server again on the same socket, port and directory, killing it first if it still runs.
    package func restart() async throws(EmbeddedRedisError) {
        guard let current = guardian.withLock({ $0 }) else { throw .stopped }
        await current.dismiss(keepingDirectory: true)
        let successor = try await Guardian.launch(executable, in: directory, options)
        guardian.withLock { $0 = successor }
    }
}

// MARK: - Asking it

extension EmbeddedRedis {
    /// What the server says to a command, as `redis-cli` would show it; an error reply is a value too. Strings are UTF-8.
    ///
    /// Each command has a connection of its own, so that WAIT, for example, has nothing to wait for.
    ///
    /// - Parameter limit: how long the server may take; a second at least.
    package func send(
        _ arguments: [String], limit: Duration = .seconds(10)
    ) async throws(EmbeddedRedisError) -> ServerReply {
        try await onOwnThread { [directory, password = options.password] () throws(EmbeddedRedisError) in
            if let connection = ServerConnection.open(directory: directory, password: password, limit: limit),
                let reply = connection.send(arguments)
            {
                return reply
            }
            throw .commandFailed(arguments.first ?? "", "no answer")
        }
    }
}
