import Foundation
package import RedisClient

extension AddressMap {
    /// Reads a configuration's entries, by the announced address: `host:port` to `host:port`, or `host` to `host`.
    /// - Throws: `invalidConfiguration`, which shows no address.
    package init(_ entries: [String: String]) throws(SessionRepositoryError) {
        self.init()
        // Names do not differ by their case.
        guard Set(entries.keys.map { $0.lowercased() }).count == entries.count else { throw Self.doubled }
        for (announced, reachable) in entries {
            switch (try Self.address(announced), try Self.address(reachable)) {
            case ((let announced, let port?), (let reachable, let reachablePort?)):
                add(.tcp(host: announced, port: port), reachedAt: .tcp(host: reachable, port: reachablePort))
            case ((let announced, nil), (let reachable, nil)):
                add(host: announced, reachedAt: reachable)
            default:
                throw Self.invalid("an entry needs a port on both sides or on none")
            }
        }
    }

    /// Reads `announced=reachable`, each.
    package static func entries(_ list: [String]) throws(SessionRepositoryError) -> [String: String] {
        var entries: [String: String] = [:]
        for item in list.map({ $0.trimmingCharacters(in: .whitespaces) }) where !item.isEmpty {
            let sides = item.split(separator: "=", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard sides.count == 2 else {
                throw invalid("an entry is announced=reachable, such as 10.0.0.5:6379=host:17001")
            }
            guard entries.updateValue(sides[1], forKey: sides[0]) == nil else { throw doubled }
        }
        return entries
    }

    private static func address(_ text: String) throws(SessionRepositoryError) -> (host: String, port: UInt16?) {
        var host = text[...]
        var port: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw invalid("an IPv6 address has no closing bracket") }
            host = text[..<end].dropFirst()
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw invalid("after an address comes a colon and a port")
            }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.firstIndex(of: ":"), text[text.index(after: colon)...].firstIndex(of: ":") == nil {
            // With several colons it is an IPv6 address.
            (host, port) = (text[..<colon], text[text.index(after: colon)...])
        }
        guard (1...253).contains(host.utf8.count), !host.utf8.contains(where: { $0 <= 32 || $0 == 127 }) else {
            throw invalid("an address needs a host name or an IP address of at most 253 bytes")
        }
        let isIPv6 = host.utf8.contains(UInt8(ascii: ":"))
        // A URL, whose password would be told as if it were a host.
        guard !host.contains(where: { "/@[]".contains($0) }),
            !isIPv6 || host.allSatisfy({ $0.isHexDigit || ":.%".contains($0) })
        else { throw invalid("an address is a host and a port, such as redis.example:6379 or [2001:db8::5]:6379") }
        guard let port else { return (String(host), nil) }
        guard let number = UInt16(port), number > 0 else { throw invalid("a port must be 1 to 65535") }
        return (String(host), number)
    }

    private static var doubled: SessionRepositoryError { invalid("an announced address has two entries") }

    private static func invalid(_ problem: String) -> SessionRepositoryError {
        .invalidConfiguration(setting: "addressMap", problem: problem)
    }
}
