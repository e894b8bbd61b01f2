import Foundation
import RedisClient

/// The system calls of the proxy: non-blocking sockets that no child process inherits.
enum ProxySocket {
    #if canImport(Darwin)
    private static let stream = SOCK_STREAM
    private static let noSignal: Int32 = 0
    #else
    private static let stream = Int32(SOCK_STREAM.rawValue)
    private static let noSignal = Int32(MSG_NOSIGNAL)
    #endif

    /// A socket with a port of the loopback interface to itself. While it is open nobody else gets the port, and those
    /// who connect are refused unless another one, of the same port, listens.
    static func reserveLoopbackPort(
        _ port: UInt16 = 0, on host: String = "127.0.0.1"
    ) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = try bound(to: port, on: host)
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard named == 0 else {
            close(descriptor)
            throw POSIXError(.EADDRNOTAVAIL)
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    static func listening(on port: UInt16, of host: String = "127.0.0.1") throws -> Int32 {
        let descriptor = try bound(to: port, on: host)
        guard listen(descriptor, 128) == 0 else {
            close(descriptor)
            throw POSIXError(.EADDRINUSE)
        }
        return descriptor
    }

    /// `nil` when nobody listens there. May still be connecting.
    static func connecting(to endpoint: RedisEndpoint) -> Int32? {
        switch endpoint {
        case .tcp(_, let port):
            guard let descriptor = opened(AF_INET) else { return nil }
            var address = loopback(port)
            return started(connect(descriptor, to: &address), descriptor)
        case .unixSocket(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path), let descriptor = opened(AF_UNIX)
            else { return nil }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            return started(connect(descriptor, to: &address), descriptor)
        }
    }

    static func accepted(from listener: Int32) -> Int32? {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { return nil }
        prepare(descriptor)
        return descriptor
    }

    /// Bytes that came; empty at the end of the stream; `nil` when there are none now.
    static func receive(from descriptor: Int32) throws(Failure) -> [UInt8]? {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            let received = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if received < 0 { failure = errno }
            count = max(0, received)
        }
        guard failure == 0 else {
            if isTemporary(failure) { return nil }
            throw Failure()
        }
        return bytes
    }

    /// How many of the bytes the socket took.
    static func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) throws(Failure) -> Int {
        let sent = bytes.withUnsafeBytes { systemSend(descriptor, $0.baseAddress, $0.count, noSignal) }
        guard sent < 0 else { return sent }
        guard isTemporary(errno) else { throw Failure() }
        return 0
    }

    /// Closes so that the peer receives a reset.
    static func reset(_ descriptor: Int32) {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        close(descriptor)
    }

    /// The peer is gone.
    struct Failure: Error {}

    private static func isTemporary(_ error: Int32) -> Bool {
        [EAGAIN, EWOULDBLOCK, EINTR, ENOTCONN].contains(error)
    }

    private static func opened(_ family: Int32) -> Int32? {
        let descriptor = socket(family, stream, 0)
        guard descriptor >= 0 else { return nil }
        prepare(descriptor)
        return descriptor
    }

    private static func started(_ result: Int32, _ descriptor: Int32) -> Int32? {
        guard result != 0, errno != EINPROGRESS else { return descriptor }
        close(descriptor)
        return nil
    }

    private static func bound(to port: UInt16, on host: String) throws -> Int32 {
        guard let descriptor = opened(AF_INET) else { throw POSIXError(.EMFILE) }
        var yes: Int32 = 1
        for option in [SO_REUSEADDR, SO_REUSEPORT] {
            setsockopt(descriptor, SOL_SOCKET, option, &yes, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = loopback(port, host)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw POSIXError(.EADDRINUSE)
        }
        return descriptor
    }

    private static func prepare(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var yes: Int32 = 1
        // Refused by Unix sockets, which have no such delay.
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        #if canImport(Darwin)
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    private static func loopback(_ port: UInt16, _ host: String = "127.0.0.1") -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        return address
    }

    private static func connect<Address>(_ descriptor: Int32, to address: inout Address) -> Int32 {
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                systemConnect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}

// Inside `ProxySocket` the names of these two are taken.
private func systemConnect(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> Int32 {
    connect(descriptor, address, size)
}

private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
    send(descriptor, bytes, count, flags)
}
