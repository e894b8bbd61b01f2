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
        var high = high
        var low = low
        for position in 0..<Self.length {
            bytes[position] = Self.character(UInt8(truncatingIfNeeded: high >> 58))
            high = high << 6 | low >> 58
            low <<= 6
        }
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
    package var identity: UInt64 {
        var identity: UInt64 = 0
        for position in 0..<Self.identityLength {
            let digit = UInt8(truncatingIfNeeded: high >> (58 - 6 * position)) & 0x3F
            identity |= UInt64(Self.character(digit)) << (8 * position)
        }
        return identity
    }

    /// What such a word spells; `nil` when it spells no part of an ID.
    package static func text(ofIdentity identity: UInt64) -> String? {
        let bytes = (0..<identityLength).map { UInt8(truncatingIfNeeded: identity >> (8 * $0)) }
        return bytes.allSatisfy { digit($0) != nil } ? String(decoding: bytes, as: UTF8.self) : nil
    }

    private static func character(_ digit: UInt8) -> UInt8 {
        switch digit {
        case 0..<26: UInt8(ascii: "A") + digit
        case 26..<52: UInt8(ascii: "a") + digit - 26
        case 52..<62: UInt8(ascii: "0") + digit - 52
        case 62: UInt8(ascii: "-")
        default: UInt8(ascii: "_")
        }
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
