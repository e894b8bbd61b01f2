/// What session IDs and grant IDs have in common: `T.R`, a 32-bit hash tag and 128 random bits, kept as plain
/// integers so that copying, comparing and hashing one never allocates.
package struct TaggedIdentifier: Hashable, Sendable {
    package let tag: HashTag
    package let random: RandomPart

    /// Eight hexadecimal digits, a dot, 22 characters of base64url.
    package static let length = HashTag.length + 1 + RandomPart.length

    package init(tag: HashTag, random: RandomPart) {
        self.tag = tag
        self.random = random
    }

    /// Reads exactly the form that `text` writes; anything else, also another spelling of the same bits, is `nil`.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == Self.length, bytes[HashTag.length] == UInt8(ascii: ".") else { return nil }
        guard let tag = HashTag(hexadecimal: bytes[..<HashTag.length]) else { return nil }
        guard let random = RandomPart(base64URL: bytes[(HashTag.length + 1)...]) else { return nil }
        self.init(tag: tag, random: random)
    }

    package var text: String {
        String(unsafeUninitializedCapacity: Self.length) { buffer in
            tag.write(to: buffer[..<HashTag.length])
            buffer[HashTag.length] = UInt8(ascii: ".")
            random.write(to: buffer[(HashTag.length + 1)...])
            return Self.length
        }
    }
}
