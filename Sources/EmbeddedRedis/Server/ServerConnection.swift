import Foundation

/// A blocking connection to a server's Unix socket, for the few commands that this target itself sends.
struct ServerConnection: ~Copyable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// Connected and logged in, or `nil`.
    ///
    /// - Parameter limit: how long sending, or waiting for more of a reply, may take.
    static func open(directory: String, password: String?, limit: Duration) -> ServerConnection? {
        let socket = PrivateDirectory.socket(in: directory)
        guard let descriptor = LocalSocket.connect(to: socket, limit: limit) else { return nil }
        let connection = ServerConnection(descriptor: descriptor)
        if let password, connection.send(["AUTH", password]) != .string("OK") { return nil }
        return connection
    }

    deinit { close(descriptor) }

    /// The reply; `nil` when there is none in time. The connection is of no use then.
    func send(_ arguments: [String]) -> ServerReply? {
        guard LocalSocket.send(Self.encoded(arguments), to: descriptor) else { return nil }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return nil }
            received += buffer.prefix(count)
            if let reply = ServerReply(parsing: received) { return reply }
        }
    }

    private static func encoded(_ arguments: [String]) -> [UInt8] {
        var bytes = Array("*\(arguments.count)\r\n".utf8)
        for argument in arguments {
            bytes += Array("$\(argument.utf8.count)\r\n".utf8) + Array(argument.utf8) + Array("\r\n".utf8)
        }
        return bytes
    }
}
