#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Turns a host name into numeric addresses. hiredis itself would block in `getaddrinfo`, and would try only the first
/// address.
enum AddressResolver {
    /// Needs no name service: at once, without I/O. `nil` when it does.
    static func immediate(_ endpoint: RedisEndpoint) -> [RedisAddress]? {
        switch endpoint {
        case .unixSocket(let path):
            return [.unixSocket(path: path)]
        case .tcp(let host, let port):
            let addresses = (try? lookUp(host, port: port, flags: AI_NUMERICHOST)) ?? []
            return addresses.isEmpty ? nil : addresses
        }
    }

    /// Blocks; for a thread of its own.
    /// - Parameter resolve: the numeric addresses of a name; `nil` asks the system.
    static func blocking(
        _ endpoint: RedisEndpoint, by resolve: (@Sendable (String) -> [String])? = nil
    ) -> Result<[RedisAddress], RedisError> {
        switch endpoint {
        case .unixSocket(let path):
            return .success([.unixSocket(path: path)])
        case .tcp(let host, let port):
            if let resolve {
                let addresses = resolve(host).map { RedisAddress.numeric(host: $0, port: port, name: host) }
                return addresses.isEmpty
                    ? .failure(.unavailable(reason: "\(host) has no address")) : .success(addresses)
            }
            do {
                return .success(interleaved(try lookUp(host, port: port, flags: AI_ADDRCONFIG)))
            } catch {
                return .failure(error)
            }
        }
    }

    /// All addresses of several names, on a thread made for it. A failure only when none has any.
    static func onOwnThread(
        _ endpoints: [RedisEndpoint], by resolve: (@Sendable (String) -> [String])? = nil,
        _ deliver: @escaping @Sendable (Result<[RedisAddress], RedisError>) -> Void
    ) {
        let started = DetachedThread.start(name: "redis-resolver") {
            var addresses: [RedisAddress] = []
            var problems: [RedisError] = []
            for endpoint in endpoints {
                switch blocking(endpoint, by: resolve) {
                case .success(let found): addresses += found
                case .failure(let error): problems.append(error)
                }
            }
            let problem = RedisError.explanation(of: problems) ?? .unavailable(reason: "no server is known")
            deliver(addresses.isEmpty ? .failure(problem) : .success(addresses))
        }
        if !started { deliver(.failure(.unavailable(reason: "the system has no thread to give"))) }
    }

    /// IPv6 and IPv4 in turn, so that a family that does not work costs one attempt and not one for each of its addresses
    /// (RFC 8305, section 4).
    static func interleaved(_ addresses: [RedisAddress]) -> [RedisAddress] {
        func isIPv6(_ address: RedisAddress) -> Bool {
            if case .numeric(let host, _, _) = address { host.contains(":") } else { false }
        }
        guard let first = addresses.first else { return [] }
        var preferred = addresses.filter { isIPv6($0) == isIPv6(first) }[...]
        var others = addresses.filter { isIPv6($0) != isIPv6(first) }[...]
        var ordered: [RedisAddress] = []
        while !preferred.isEmpty || !others.isEmpty {
            if let next = preferred.popFirst() { ordered.append(next) }
            if let next = others.popFirst() { ordered.append(next) }
        }
        return ordered
    }

    private static func lookUp(_ host: String, port: UInt16, flags: Int32) throws(RedisError) -> [RedisAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_flags = flags
        hints.ai_socktype = Platform.streamSocket
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            let reason = "cannot resolve \(host): \(String(cString: gai_strerror(status)))"
            throw status == EAI_NONAME ? .unknownHost(reason: reason) : .unavailable(reason: reason)
        }
        defer { freeaddrinfo(list) }
        var addresses: [RedisAddress] = []
        var entry = list
        while let current = entry {
            var buffer = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let length = socklen_t(buffer.count)
            if getnameinfo(current.pointee.ai_addr, current.pointee.ai_addrlen, &buffer, length, nil, 0, NI_NUMERICHOST)
                == 0
            {
                let text = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
                addresses.append(.numeric(host: String(decoding: text, as: UTF8.self), port: port, name: host))
            }
            entry = current.pointee.ai_next
        }
        guard !addresses.isEmpty else { throw .unavailable(reason: "\(host) has no address") }
        return addresses
    }
}
