import Foundation

/// The shell that is `redis-server`'s parent and sees to it that the server does not outlive this process.
///
/// The guardian reads from a socket whose other end only this process holds. However this process ends, the kernel
/// closes that end; the guardian then kills the server and removes the directory. It also reports the server's process
/// ID, and its death as soon as that happens.
final class Guardian: Sendable {
    let serverID: pid_t
    private let shell: ChildProcess
    private let channel: GuardianChannel

    private init(serverID: pid_t, shell: ChildProcess, channel: GuardianChannel) {
        self.serverID = serverID
        self.shell = shell
        self.channel = channel
    }

    /// Reaping happens in one place, the main shell's `wait`; from then on the process ID may belong to somebody else,
    /// so the reader looks for the mark before it kills. PIPE is ignored because the report may find nobody listening.
    private static let script = """
        trap '' INT TERM HUP PIPE
        directory=$1
        rm -f "$directory/exited"
        exec 3<&0
        LD_PRELOAD=$4 "$2" "$directory/redis.conf" $3 </dev/null >>"$directory/redis.log" 2>&1 3<&- &
        server=$!
        echo "$server"
        ( read -r word; [ -e "$directory/exited" ] || kill -9 "$server"; [ "$word" = keep ] ) <&3 &
        reader=$!
        wait "$server"
        : >"$directory/exited"
        echo exited
        wait "$reader" || rm -rf "$directory"
        """

    /// Starts guardian and server; returns once the server answers.
    static func launch(
        _ executable: String, in directory: String, _ options: EmbeddedRedisOptions
    ) async throws(EmbeddedRedisError) -> Guardian {
        let (channel, theirs) = try GuardianChannel.pair()
        let shell: ChildProcess
        do {
            shell = try ChildProcess(
                executable: "/bin/sh",
                arguments: [
                    "-c", script, "redis-guardian", directory, executable, options.role.argument, options.preload ?? "",
                ],
                input: theirs, output: theirs, error: .nullDevice)
        } catch {
            throw .systemError("cannot start /bin/sh: \(error)")
        }
        // The shell has its own copy. Foundation's Process would keep this one for as long as there is the process.
        try? theirs.close()
        let server = try await onOwnThread { () throws(EmbeddedRedisError) in
            guard let line = channel.readLine(within: .seconds(10)), let server = pid_t(line) else {
                throw .systemError("the shell that starts redis-server did not report")
            }
            return server
        }
        let guardian = Guardian(serverID: server, shell: shell, channel: channel)
        do throws(EmbeddedRedisError) {
            try await guardian.waitUntilReady(ReadinessProbe(directory: directory, password: options.password))
        } catch {
            await guardian.dismiss()
            throw error
        }
        return guardian
    }

    private func waitUntilReady(_ probe: ReadinessProbe) async throws(EmbeddedRedisError) {
        try await onOwnThread { [channel] () throws(EmbeddedRedisError) in
            let deadline = ContinuousClock.now + .seconds(20)
            while !probe.succeeds() {
                // Waiting for the report of its death is what spaces the probes.
                guard !channel.reportsExit(within: .milliseconds(5)), ContinuousClock.now < deadline else {
                    throw .didNotStart(log: PrivateDirectory.logTail(in: probe.directory))
                }
            }
        }
    }

    var serverIsRunning: Bool { !channel.reportsExit(within: .zero) }

    func signalServer(_ signal: Int32) {
        guard serverIsRunning else { return }
        kill(serverID, signal)
    }

    func killServer() async throws(EmbeddedRedisError) {
        signalServer(SIGKILL)
        try await onOwnThread { [channel] () throws(EmbeddedRedisError) in
            guard channel.reportsExit(within: .seconds(10)) else {
                throw .systemError("redis-server did not die of SIGKILL within 10 seconds")
            }
        }
    }

    /// Ends the server and the shell.
    func dismiss(keepingDirectory: Bool = false) async {
        if keepingDirectory { channel.send("keep\n") }
        channel.hangUp()
        _ = await shell.exitStatus()
    }
}
