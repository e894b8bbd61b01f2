import Crypto

/// The first 32 bits of SHA-256 over a user ID or an organization ID: everything of one owner carries it, so that it
/// lies in one Redis Cluster slot. An operator gets it with `printf %s user-42 | sha256sum | cut -c1-8`.
package struct HashTag: Hashable, Sendable {
    package let value: UInt32

    package static let length = 8

    package init(owner: String) {
        value = SHA256.hash(data: Array(owner.utf8)).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Lower-case hexadecimal only: one value has one spelling.
    package init?(hexadecimal bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.length else { return nil }
        var value: UInt32 = 0
        for byte in bytes {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        self.value = value
    }

    package init?(hexadecimal text: some StringProtocol) {
        var text = String(text)
        guard let value = text.withUTF8({ HashTag(hexadecimal: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = value
    }

    /// Writes `length` bytes.
    package func write(to bytes: UnsafeMutablePointer<UInt8>) {
        for position in 0..<Self.length {
            let digit = UInt8(truncatingIfNeeded: value >> UInt32(28 - 4 * position)) & 0xF
            bytes[position] = (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10) + digit
        }
    }

    package var text: String {
        String(unsafeUninitializedCapacity: Self.length) { buffer in
            buffer.baseAddress.map(write(to:))
            return Self.length
        }
    }
}
