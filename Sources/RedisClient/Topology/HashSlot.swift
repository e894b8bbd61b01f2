/// One of the 16,384 slots that Redis Cluster divides the keys into.
package struct HashSlot: Hashable, Sendable {
    package static let count = 16_384

    package let number: UInt16

    package init?(_ number: Int) {
        guard (0..<Self.count).contains(number) else { return nil }
        self.number = UInt16(number)
    }

    /// CRC16 of what stands between the first `{` and the next `}`, or of the whole key when that is nothing
    /// (Redis Cluster specification, "Hash tags").
    package init(key: String) {
        self.init(hashing: Self.hashed(key))
    }

    /// - Parameter part: the part of a key that decides about its slot.
    package init(hashing part: some Sequence<UInt8>) {
        var crc: UInt16 = 0
        for byte in part { crc = (crc << 8) ^ Self.table[Int(UInt8(crc >> 8) ^ byte)] }
        number = crc % UInt16(Self.count)
    }

    /// The part of a key that decides about its slot.
    static func hashed(_ key: String) -> Substring.UTF8View {
        let bytes = key.utf8[...]
        guard let open = bytes.firstIndex(of: UInt8(ascii: "{")) else { return bytes }
        let rest = bytes[bytes.index(after: open)...]
        guard let close = rest.firstIndex(of: UInt8(ascii: "}")), close > rest.startIndex else { return bytes }
        return rest[..<close]
    }

    /// CRC-16/XMODEM, polynomial 0x1021.
    private static let table: [UInt16] = (0..<256).map { index in
        (0..<8).reduce(UInt16(index) << 8) { crc, _ in crc & 0x8000 == 0 ? crc << 1 : (crc << 1) ^ 0x1021 }
    }
}
