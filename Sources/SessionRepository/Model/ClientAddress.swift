#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A client's address as frameworks and proxies hand it on: perhaps with a port, in brackets or with a zone.
package enum ClientAddress {
    /// The address alone in its canonical spelling, IPv4 dotted or IPv6 as in RFC 5952, IPv4 in place of IPv6 that maps it
    /// (RFC 4291 §2.5.5.2); `nil` where the text holds no address.
    package static func canonical(_ text: String) -> String? {
        if let address = plain(text) { return address }
        // Longer than any address with a zone and a port; and what C would take for the end of the text.
        guard text.utf8.count <= 128, !text.utf8.contains(0) else { return nil }
        return decorated(trimmed(text.utf8[...]))
    }

    /// As `canonical`, but of an address without anything around it.
    package static func plain(_ text: String) -> String? {
        guard !text.utf8.contains(0) else { return nil }
        return ipv4(text) ?? ipv6(text)
    }

    private typealias Bytes = Substring.UTF8View

    /// `192.0.2.1:80`, `[2001:db8::1]`, `[2001:db8::1]:443`, `fe80::1%eth0`.
    private static func decorated(_ text: Bytes) -> String? {
        if text.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            return withoutZone(text[..<end].dropFirst())
        }
        if let colon = text.firstIndex(of: UInt8(ascii: ":")), isPort(text[colon...]) {
            return ipv4(String(decoding: text[..<colon], as: UTF8.self))
        }
        return plain(String(decoding: text, as: UTF8.self)) ?? withoutZone(text)
    }

    /// RFC 4007 §11: a zone means something on its own host only.
    private static func withoutZone(_ text: Bytes) -> String? {
        let address = text.prefix { $0 != UInt8(ascii: "%") }
        let zone = text[address.endIndex...]
        guard zone.count != 1 else { return nil }
        return ipv6(String(decoding: address, as: UTF8.self))
    }

    /// A colon and a number.
    private static func isPort(_ text: Bytes) -> Bool {
        let digits = text.dropFirst()
        return text.first == UInt8(ascii: ":") && (1...5).contains(digits.count)
            && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func trimmed(_ text: Bytes) -> Bytes {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    private static func ipv4(_ text: String) -> String? {
        var address = in_addr()
        guard inet_pton(AF_INET, text, &address) == 1 else { return nil }
        return presentation(AF_INET, &address)
    }

    private static func ipv6(_ text: String) -> String? {
        var address = in6_addr()
        guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: address) { Array($0) }
        if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10...11].allSatisfy({ $0 == 0xFF }) {
            return bytes[12...].map(String.init).joined(separator: ".")
        }
        return presentation(AF_INET6, &address)
    }

    private static func presentation(_ family: Int32, _ address: UnsafeRawPointer) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(family, address, &buffer, socklen_t(INET6_ADDRSTRLEN)) != nil else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
