import Foundation

/// Asks a server whether it takes commands: connected, logged in, and done loading its data.
struct ReadinessProbe: Sendable {
    let directory: String
    let password: String?

    /// Blocks for a second or two at most.
    func succeeds() -> Bool {
        guard let descriptor = LocalSocket.connect(to: PrivateDirectory.socket(in: directory)) else { return false }
        defer { close(descriptor) }
        if let password {
            let login = "*2\r\n$4\r\nAUTH\r\n$\(password.utf8.count)\r\n\(password)\r\n"
            guard reply(to: login, on: descriptor) == "+OK\r\n" else { return false }
        }
        return reply(to: "PING\r\n", on: descriptor) == "+PONG\r\n"
    }

    /// One line of reply is all that these two commands ever have, and it fits into one packet of a local socket.
    private func reply(to command: String, on descriptor: Int32) -> String? {
        guard LocalSocket.send(Array(command.utf8), to: descriptor) else { return nil }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}
