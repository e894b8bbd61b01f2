import Foundation
import Synchronization

/// This process' end of the socket pair between it and the guardian.
final class GuardianChannel: Sendable {
    fileprivate struct State {
        /// `nil` once hung up.
        var descriptor: Int32?
        var received: [UInt8] = []
        var reportedExit = false
    }

    private let state: Mutex<State>

    private init(descriptor: Int32) {
        state = Mutex(State(descriptor: descriptor))
    }

    deinit { hangUp() }

    /// - Returns: our end, and the end to give to the shell as its standard input and output.
    static func pair() throws(EmbeddedRedisError) -> (GuardianChannel, FileHandle) {
        let (ours, theirs) = try LocalSocket.pair()
        return (GuardianChannel(descriptor: ours), FileHandle(fileDescriptor: theirs, closeOnDealloc: true))
    }

    /// The guardian takes the end of its input for the end of this process.
    func hangUp() {
        state.withLock { state in
            if let descriptor = state.descriptor.take() { close(descriptor) }
        }
    }

    func send(_ text: String) {
        state.withLock { state in
            guard let descriptor = state.descriptor else { return }
            // A guardian that does not listen any more has nothing left to do.
            _ = LocalSocket.send(Array(text.utf8), to: descriptor)
        }
    }

    /// The guardian's first line. Blocks.
    func readLine(within limit: Duration) -> String? {
        let deadline = ContinuousClock.now + limit
        repeat {
            let line = state.withLock { state -> [UInt8]? in
                state.receive(within: .milliseconds(50))
                guard let end = state.received.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
                let line = Array(state.received[..<end])
                state.received.removeSubrange(...end)
                return line
            }
            if let line { return String(decoding: line, as: UTF8.self) }
        } while ContinuousClock.now < deadline
        return nil
    }

    /// Whether the guardian has reported the server's death, or is itself no more. Blocks for at most `limit`.
    func reportsExit(within limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        repeat {
            let reported = state.withLock { state in
                state.receive(within: min(limit, .milliseconds(5)))
                return state.reportedExit
            }
            if reported { return true }
        } while ContinuousClock.now < deadline
        return false
    }
}

extension GuardianChannel.State {
    /// Takes in what has arrived, waiting a little for it.
    fileprivate mutating func receive(within limit: Duration) {
        guard let descriptor, !reportedExit else { return }
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, Int32(limit / .milliseconds(1))) > 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else {
            reportedExit = count == 0
            return
        }
        received += buffer.prefix(count)
        // Nothing but the process ID comes before it.
        reportedExit = received.contains(UInt8(ascii: "x"))
    }
}
