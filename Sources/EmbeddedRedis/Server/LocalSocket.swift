import Foundation

/// The few system calls on sockets that differ between Linux and macOS.
enum LocalSocket {
    #if canImport(Darwin)
    private static let stream = SOCK_STREAM
    private static let sendFlags: Int32 = 0
    #else
    // Close-on-exec from the first moment: a child that another thread starts meanwhile must not inherit a guardian's
    // channel, or its other end would not notice that this one is closed.
    private static let stream = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    private static let sendFlags = Int32(MSG_NOSIGNAL)
    #endif

    /// Two connected sockets. Neither goes to a child process by inheritance.
    static func pair() throws(EmbeddedRedisError) -> (Int32, Int32) {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, stream, 0, &ends) == 0 else { throw failure("socketpair") }
        ends.forEach(prepare)
        return (ends[0], ends[1])
    }

    /// A socket connected to `path`, on which neither sending nor receiving takes longer than `limit`.
    static func connect(to path: String, limit: Duration) -> Int32? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }

        let descriptor = socket(AF_UNIX, stream, 0)
        guard descriptor >= 0 else { return nil }
        prepare(descriptor)
        var limit = timeval(tv_sec: Int(limit.components.seconds), tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        let connected = withAddress(&address) { systemConnect(descriptor, $0, $1) } == 0
        guard connected else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Whether a server could listen on this port of 127.0.0.1.
    static func canListen(on port: Int) -> Bool {
        let descriptor = socket(AF_INET, stream, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withAddress(&address) { bind(descriptor, $0, $1) } == 0
    }

    /// Never raises SIGPIPE.
    static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        systemSend(descriptor, bytes, bytes.count, sendFlags) == bytes.count
    }

    private static func prepare(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        #if canImport(Darwin)
        var enabled: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &enabled, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    private static func withAddress<Address>(
        _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }

    private static func failure(_ call: String) -> EmbeddedRedisError {
        .systemError("\(call): \(String(cString: strerror(errno)))")
    }
}

// Inside `LocalSocket` the names of these two are taken.
private func systemConnect(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> Int32 {
    connect(descriptor, address, size)
}

private func systemSend(_ descriptor: Int32, _ bytes: [UInt8], _ count: Int, _ flags: Int32) -> Int {
    send(descriptor, bytes, count, flags)
}
