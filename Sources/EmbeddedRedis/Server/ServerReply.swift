/// What a server answers, in RESP2.
package indirect enum ServerReply: Hashable, Sendable {
    case null
    case integer(Int)
    /// A simple or a bulk string.
    case string(String)
    case error(String)
    case array([ServerReply])
}

extension ServerReply {
    package var string: String? {
        if case .string(let string) = self { string } else { nil }
    }

    package var integer: Int? {
        if case .integer(let integer) = self { integer } else { nil }
    }

    package var array: [ServerReply] {
        if case .array(let array) = self { array } else { [] }
    }

    package var strings: [String] { array.compactMap(\.string) }

    /// An array of names and values, as a dictionary.
    package var fields: [String: String] {
        let words = strings
        let pairs = stride(from: 0, to: words.count - 1, by: 2).map { (words[$0], words[$0 + 1]) }
        return Dictionary(pairs) { first, _ in first }
    }
}

extension ServerReply {
    /// The reply with which `bytes` begin; `nil` while it is incomplete, or when it is no reply at all.
    init?(parsing bytes: [UInt8]) {
        var rest = bytes[...]
        self.init(consuming: &rest)
    }

    private init?(consuming bytes: inout ArraySlice<UInt8>) {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\r")), bytes.index(after: end) < bytes.endIndex,
            let kind = bytes.first
        else { return nil }
        let line = String(decoding: bytes[bytes.startIndex..<end].dropFirst(), as: UTF8.self)
        bytes = bytes[(end + 2)...]
        switch UnicodeScalar(kind) {
        case "+": self = .string(line)
        case "-": self = .error(line)
        case ":": self = Int(line).map(ServerReply.integer) ?? .null
        case "$":
            guard let count = Int(line), count >= 0 else {
                self = .null
                return
            }
            guard bytes.count >= count + 2 else { return nil }
            self = .string(String(decoding: bytes.prefix(count), as: UTF8.self))
            bytes = bytes.dropFirst(count + 2)
        case "*":
            guard let count = Int(line), count >= 0 else {
                self = .null
                return
            }
            var elements: [ServerReply] = []
            for _ in 0..<count {
                guard let element = ServerReply(consuming: &bytes) else { return nil }
                elements.append(element)
            }
            self = .array(elements)
        default: return nil
        }
    }
}
