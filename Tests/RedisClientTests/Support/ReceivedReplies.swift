@testable import RedisClient

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a server's bytes become when they come in through a socket: the only way to get a `RedisReply`.
enum ReceivedReplies {
    struct NoSocket: Error {}

    /// What `read` makes of each reply in `text`, in turn.
    static func each<Value>(in text: String, _ read: @escaping (borrowing RedisReply) -> Value) throws -> [Value] {
        let receiver = Receiver(read)
        try receiver.receive(Array(text.utf8))
        return receiver.values
    }

    private final class Receiver<Value>: HiredisSocketDelegate {
        private let read: (borrowing RedisReply) -> Value
        private(set) var values: [Value] = []

        init(_ read: @escaping (borrowing RedisReply) -> Value) {
            self.read = read
        }

        func socketConnected(_ socket: HiredisSocket) {}

        func socketReceived(_ reply: borrowing RedisReply, on socket: HiredisSocket) { values.append(read(reply)) }

        /// Ends when the receiving side has noticed that there is no more.
        func receive(_ bytes: [UInt8]) throws {
            let path = "/tmp/replies-\(UInt64.random(in: 0 ... .max))"
            let listener = try listen(at: path)
            defer { close(listener) }
            let socket = try HiredisSocket(
                connectingTo: .unixSocket(path: path), tls: nil, userTimeout: .seconds(1), delegate: self)
            unlink(path)
            let peer = accept(listener, nil, nil)
            guard peer >= 0 else { throw NoSocket() }
            defer { close(peer) }
            var rest = bytes[...]
            while true {
                let sent = rest.withUnsafeBytes { send(peer, $0.baseAddress, $0.count, Self.flags) }
                rest = rest.dropFirst(max(sent, 0))
                if rest.isEmpty { shutdown(peer, Int32(SHUT_WR)) }
                var request = socket.pollRequest
                guard poll(&request, 1, 60_000) == 1 else { throw NoSocket() }
                do throws(RedisError) {
                    try socket.handleEvents(request.revents)
                } catch {
                    return
                }
            }
        }

        private func listen(at path: String) throws -> Int32 {
            let listener = socket(AF_UNIX, Self.stream, 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let size = socklen_t(MemoryLayout<sockaddr_un>.size)
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) }
            }
            guard bound == 0, listenOn(listener) else { throw NoSocket() }
            return listener
        }

        #if os(Linux)
        private static var stream: Int32 { Int32(SOCK_STREAM.rawValue) }
        private static var flags: Int32 { Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT) }
        #else
        private static var stream: Int32 { SOCK_STREAM }
        private static var flags: Int32 { MSG_DONTWAIT }
        #endif
    }
}

/// Under a name that the method above does not hide.
private func listenOn(_ socket: Int32) -> Bool {
    listen(socket, 1) == 0
}
