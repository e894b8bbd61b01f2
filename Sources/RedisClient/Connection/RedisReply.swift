import CHiredis

/// One element of an array that is lent, as cheap to look at as it gets: a plain value that other modules know.
package enum RedisElement: BitwiseCopyable {
    case null
    /// A bulk string or a status. Valid as long as the reply.
    case bytes(UnsafeRawBufferPointer)
    case other
}

/// A reply in hiredis' own memory, valid only while it is lent. It cannot be copied, and so cannot be kept.
package struct RedisReply: ~Copyable {
    private let raw: UnsafeMutablePointer<redisReply>?
    /// Whether decoders compare the subject in the reply with the requested one. Off only in negative controls.
    package let comparesSubjects: Bool

    init(_ raw: UnsafeMutablePointer<redisReply>?, comparesSubjects: Bool = true) {
        self.raw = raw
        self.comparesSubjects = comparesSubjects
    }

    private var type: Int32 { raw?.pointee.type ?? REDIS_REPLY_NIL }

    package var isNull: Bool { type == REDIS_REPLY_NIL }

    var isError: Bool { type == REDIS_REPLY_ERROR }

    /// Whether it is of a type that only RESP3 has, such as a push. RESP2 has six.
    var isOfRESP3: Bool { type > REDIS_REPLY_ERROR }

    package var integer: Int64? {
        type == REDIS_REPLY_INTEGER ? raw?.pointee.integer : nil
    }

    /// The bytes of a bulk string or a status.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        guard case .bytes(let bytes) = element else { return nil }
        return body(bytes)
    }

    /// `nil` for anything but a bulk string or a status in valid UTF-8.
    package var string: String? {
        withBytes(\.text) ?? nil
    }

    /// An integer, or the number that a string of one to eighteen decimal digits spells: Lua hands out a hash's
    /// numbers as strings.
    package var decimal: Int64? {
        integer ?? withBytes(\.decimal) ?? nil
    }

    /// The number of elements; `nil` for anything but an array.
    package var count: Int? {
        type == REDIS_REPLY_ARRAY ? raw?.pointee.elements : nil
    }

    /// Lends all elements at once, which is cheaper than one by one; `false` for anything but an array of `elements.count`.
    package func lendElements(_ elements: UnsafeMutableBufferPointer<RedisElement>) -> Bool {
        guard let raw, let count, count == elements.count else { return false }
        for position in 0..<count {
            guard let element = raw.pointee.element[position] else { return false }
            elements.initializeElement(at: position, to: RedisReply(element).element)
        }
        return true
    }

    /// The reply as a plain value.
    package var element: RedisElement {
        switch (type, raw) {
        case (REDIS_REPLY_NIL, _), (_, nil): .null
        case (REDIS_REPLY_STRING, let raw?), (REDIS_REPLY_STATUS, let raw?):
            .bytes(UnsafeRawBufferPointer(start: raw.pointee.str, count: raw.pointee.len))
        default: .other
        }
    }

    /// The strings among the elements from `first` on.
    package func strings(from first: Int) -> [String] {
        guard let count, count > first else { return [] }
        return (first..<count).compactMap { self[$0].string }
    }

    /// Lends one element. Outside the array it reads as null.
    package subscript(index: Int) -> RedisReply {
        _read {
            if let count, let elements = raw?.pointee.element, (0..<count).contains(index) {
                yield RedisReply(elements[index], comparesSubjects: comparesSubjects)
            } else {
                yield RedisReply(nil)
            }
        }
    }

    /// The server's error, if this is one. What some servers quote of the arguments is cut off: it may be personal.
    package var error: RedisError? {
        guard let raw, type == REDIS_REPLY_ERROR else { return nil }
        let bytes = UnsafeRawBufferPointer(start: raw.pointee.str, count: raw.pointee.len)
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: " ", maxSplits: 1)
        let message = parts.dropFirst().first.map(String.init) ?? ""
        let quoted = message.firstRange(of: ", with args beginning with")
        return .server(
            code: parts.first.map(String.init) ?? "ERR",
            message: quoted.map { String(message[..<$0.lowerBound]) } ?? message)
    }
}

extension UnsafeRawBufferPointer {
    /// What the bytes say in UTF-8; `nil` when they are not. Nearly all is ASCII, which one look tells; validating looks
    /// up generic types at run time, which takes longer than all the rest.
    package var text: String? {
        guard allSatisfy({ $0 < 0x80 }) else { return String(validating: self, as: UTF8.self) }
        return withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
    }

    /// The number that one to eighteen decimal digits spell. Inlinable: a lookup reads four.
    @inlinable
    package var decimal: Int64? {
        guard (1...18).contains(count) else { return nil }
        var number: Int64 = 0
        for byte in self {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return number
    }
}
