extension KeySpace {
    /// The session whose record a key is; `nil` for every other key. Takes bytes as they came from the server and allocates
    /// nothing: one comes for each change to any session that this process has read.
    package func sessionID(ofKey key: UnsafeRawBufferPointer) -> SessionID? {
        let kind = ":session:{"
        let tag = prefix.utf8.count + kind.utf8.count
        let random = tag + HashTag.length + "}.".utf8.count
        guard key.count == random + RandomPart.length,
            key.starts(with: prefix.utf8),
            key.dropFirst(prefix.utf8.count).starts(with: kind.utf8),
            key[(tag + HashTag.length)..<random].elementsEqual("}.".utf8),
            let tag = HashTag(hexadecimal: UnsafeRawBufferPointer(rebasing: key[tag..<(tag + HashTag.length)])),
            let random = RandomPart(base64URL: UnsafeRawBufferPointer(rebasing: key[random...]))
        else { return nil }
        return SessionID(TaggedIdentifier(tag: tag, random: random))
    }
}
