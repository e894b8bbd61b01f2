/// 128 random bits, written as 22 characters of base64url without padding (RFC 4648 §5). 128 bits is what OWASP ASVS
/// 5.0 §7.2.3 asks of a session reference.
package struct RandomPart: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package static let length = 22

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Drawn from the operating system's cryptographic generator.
    package static func generate() -> RandomPart {
        var generator = SystemRandomNumberGenerator()
        return RandomPart(high: generator.next(), low: generator.next())
    }

    /// The last character carries two bits only; a spelling that sets its four spare bits is refused, so that one
    /// value has exactly one spelling.
    package init?(base64URL bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.length else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for position in 0..<(Self.length - 1) {
            guard let digit = Self.digit(bytes[position]) else { return nil }
            high = high << 6 | low >> 58
            low = low << 6 | UInt64(digit)
        }
        guard let last = Self.digit(bytes[Self.length - 1]), last & 0xF == 0 else { return nil }
        self.init(high: high << 2 | low >> 62, low: low << 2 | UInt64(last >> 4))
    }

    package init?(base64URL text: some StringProtocol) {
        var text = String(text)
        guard let value = text.withUTF8({ RandomPart(base64URL: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = value
    }

    /// Writes `length` bytes.
    package func write(to bytes: UnsafeMutablePointer<UInt8>) {
        let bytes = UnsafeMutableRawPointer(bytes)
        bytes.storeBytes(of: Self.characters(of: high).littleEndian, as: UInt64.self)
        bytes.storeBytes(of: Self.characters(of: high << 48 | low >> 16).littleEndian, toByteOffset: 8, as: UInt64.self)
        let last = Self.characters(of: low << 32)
        bytes.storeBytes(of: UInt32(truncatingIfNeeded: last).littleEndian, toByteOffset: 16, as: UInt32.self)
        bytes.storeBytes(of: UInt16(truncatingIfNeeded: last >> 32).littleEndian, toByteOffset: 20, as: UInt16.self)
    }

    package var text: String {
        String(unsafeUninitializedCapacity: Self.length) { buffer in
            buffer.baseAddress.map(write(to:))
            return Self.length
        }
    }

    /// How many characters of `text` a session's record repeats in its field `id`, which proves whose record it is.
    package static let identityLength = 8

    /// The first `identityLength` characters, the first one in the lowest byte: one word to compare in place of a string.
    package var identity: UInt64 { Self.characters(of: high) }

    /// What such a word spells; `nil` when it spells no part of an ID.
    package static func text(ofIdentity identity: UInt64) -> String? {
        let bytes = (0..<identityLength).map { UInt8(truncatingIfNeeded: identity >> (8 * $0)) }
        return bytes.allSatisfy { digit($0) != nil } ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// What the upper 48 bits spell, the first character in the lowest byte. All eight at once and without a branch, because
    /// every lookup spells one ID and compares another.
    private static func characters(of bits: UInt64) -> UInt64 {
        var digits: UInt64 = 0
        for position in 0..<8 as Range<UInt64> { digits |= (bits &>> (58 - 6 * position) & 0x3F) &<< (8 * position) }
        let ones: UInt64 = 0x0101_0101_0101_0101
        // 1 in the bytes whose digit is no less: only there, the sum reaches the highest bit.
        func isAtLeast(_ digit: UInt64) -> UInt64 { (digits &+ (128 - digit) &* ones) &>> 7 & ones }
        // A to Z, a to z, 0 to 9, "-" and "_": each begins so far from where the former would go on.
        return digits &+ 65 &* ones &+ 6 &* isAtLeast(26) &- 75 &* isAtLeast(52) &- 13 &* isAtLeast(62)
            &+ 49 &* isAtLeast(63)
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
