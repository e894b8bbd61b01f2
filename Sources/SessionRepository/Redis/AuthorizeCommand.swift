package import RedisClient

/// The command of the hot path, `HMGET sr:session:{T}.R id user …`: all but the ID is encoded once.
///
/// A class, so that a lookup that keeps it for its reply keeps one reference.
package final class AuthorizeCommand: Sendable {
    /// What it asks for, in this order, and then the attributes.
    let fields: [SessionField]
    let attributes: [String]
    private let head: [UInt8]
    private let tail: [UInt8]

    package init(keys: KeySpace, attributes: [String], assurance: Bool = false) {
        self.attributes = attributes
        self.fields = SessionField.lookedUp + (assurance ? SessionField.ofAssurance : [])
        let fields = self.fields.map(\.rawValue) + attributes.map { SessionField.attributePrefix + $0 }
        // A sample shows what comes before and after the ID, which is always of the same length.
        let sample = SessionID(TaggedIdentifier(tag: HashTag(owner: ""), random: RandomPart(high: 0, low: 0)))
        let key = keys.session(sample)
        let idLength = "{".utf8.count + HashTag.length + "}.".utf8.count + RandomPart.length
        var head = "*\(fields.count + 2)\r\n$5\r\nHMGET\r\n$\(key.utf8.count)\r\n"
        head += String(decoding: key.utf8.prefix(key.utf8.count - idLength), as: UTF8.self) + "{"
        self.head = Array(head.utf8)
        tail = Array(fields.reduce(into: "\r\n") { $0 += "$\($1.utf8.count)\r\n\($1)\r\n" }.utf8)
    }

    /// What its reply says of that session.
    func read(_ reply: borrowing RedisReply, of id: SessionID) throws(ReplyProblem) -> SessionLookup.Found {
        try SessionRecord(fields, attributes: attributes, of: reply).find(id)
    }

    package func encode(_ id: SessionID) -> RedisCommand {
        let idLength = HashTag.length + 2 + RandomPart.length
        return RedisCommand(byteCount: head.count + idLength + tail.count) { bytes in
            head.withUnsafeBufferPointer { bytes.update(from: $0) }
            var bytes = bytes + head.count
            id.value.tag.write(to: bytes)
            bytes += HashTag.length
            bytes[0] = UInt8(ascii: "}")
            bytes[1] = UInt8(ascii: ".")
            bytes += 2
            id.value.random.write(to: bytes)
            tail.withUnsafeBufferPointer { (bytes + RandomPart.length).update(from: $0) }
        }
    }
}

extension UnsafeMutablePointer<UInt8> {
    fileprivate func update(from bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        update(from: start, count: bytes.count)
    }
}
