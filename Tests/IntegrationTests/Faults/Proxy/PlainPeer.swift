import Foundation
import RedisClient

/// A connection that sends bytes and reads bytes, for looking at what a proxy does to them.
struct PlainPeer {
    private let descriptor: Int32

    init(port: UInt16) throws {
        guard let descriptor = ProxySocket.connecting(to: .tcp(host: "127.0.0.1", port: port)) else {
            throw POSIXError(.ECONNREFUSED)
        }
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    /// - Returns: what comes, until it is that many bytes.
    func ask(_ text: String, expecting count: Int) throws -> String {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty { rest = rest.dropFirst(try ProxySocket.send(rest, to: descriptor)) }
        var bytes: [UInt8] = []
        while bytes.count < count, let more = try ProxySocket.receive(from: descriptor), !more.isEmpty { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }

    func close() { ProxySocket.reset(descriptor) }
}
