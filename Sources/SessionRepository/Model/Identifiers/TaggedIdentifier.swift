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
        var text = String(text)
        guard let value = text.withUTF8({ TaggedIdentifier(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = value
    }

    private init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.length, bytes[HashTag.length] == UInt8(ascii: ".") else { return nil }
        let (tag, random) = (bytes[..<HashTag.length], bytes[(HashTag.length + 1)...])
        guard let tag = HashTag(hexadecimal: UnsafeRawBufferPointer(rebasing: tag)),
            let random = RandomPart(base64URL: UnsafeRawBufferPointer(rebasing: random))
        else { return nil }
        self.init(tag: tag, random: random)
    }

    package var text: String {
        String(unsafeUninitializedCapacity: Self.length) { buffer in
            guard let bytes = buffer.baseAddress else { return 0 }
            tag.write(to: bytes)
            bytes[HashTag.length] = UInt8(ascii: ".")
            random.write(to: bytes + HashTag.length + 1)
            return Self.length
        }
    }
}
