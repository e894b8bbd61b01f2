/// What a server is asked to repeat, so that its reply proves its place in the stream: a counter from a random start, in
/// sixteen hexadecimal digits.
struct Nonce: Hashable {
    private(set) var number: UInt64

    static let length = 16

    init(number: UInt64) {
        self.number = number
    }

    static func random() -> Nonce { Nonce(number: .random(in: 0 ... .max)) }

    var next: Nonce { Nonce(number: number &+ 1) }

    func write(to digits: UnsafeMutablePointer<UInt8>) {
        var rest = number
        for position in stride(from: Self.length - 1, through: 0, by: -1) {
            let digit = UInt8(truncatingIfNeeded: rest & 0xF)
            digits[position] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
            rest >>= 4
        }
    }

    func isSpelled(by bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == Self.length else { return false }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.length) { digits in
            guard let start = digits.baseAddress else { return false }
            write(to: start)
            return bytes.elementsEqual(digits)
        }
    }
}

/// The command by which a server repeats a nonce.
struct NonceCommand {
    enum Name: String {
        /// Answered also after a failed snapshot, when PING is not.
        case echo = "ECHO"
        /// For subscribed connections, and for Sentinels, which know no ECHO and before Redis 7 no PING with an argument. Of a
        /// channel that nobody subscribed to it changes nothing.
        case unsubscribe = "UNSUBSCRIBE"
    }

    let name: Name
    private var bytes: [UInt8]
    private let digits: Int

    init(_ name: Name) {
        self.name = name
        let head = "*2\r\n$\(name.rawValue.utf8.count)\r\n\(name.rawValue)\r\n$\(Nonce.length)\r\n"
        digits = head.utf8.count
        bytes = Array(head.utf8) + [UInt8](repeating: 0, count: Nonce.length) + [13, 10]
    }

    /// Lends the encoded command.
    mutating func with<Result, Failure: Error>(
        _ nonce: Nonce, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        bytes.withUnsafeMutableBufferPointer { buffer in
            if let start = buffer.baseAddress { nonce.write(to: start + digits) }
        }
        var result: Swift.Result<Result, Failure>?
        bytes.withUnsafeBytes { bytes in
            do throws(Failure) { result = .success(try body(bytes)) } catch { result = .failure(error) }
        }
        guard let result else { preconditionFailure("withUnsafeBytes calls its body") }
        return try result.get()
    }

    mutating func command(_ nonce: Nonce) -> RedisCommand {
        with(nonce) { bytes in
            RedisCommand(byteCount: bytes.count) { $0.update(from: Array(bytes), count: bytes.count) }
        }
    }
}

extension RedisReply {
    /// Whether this is a server's answer to a nonce: UNSUBSCRIBE is answered by `["unsubscribe", nonce, count]`.
    func repeats(_ nonce: Nonce, by name: NonceCommand.Name) -> Bool {
        switch name {
        case .echo:
            return withBytes { nonce.isSpelled(by: $0) } ?? false
        case .unsubscribe:
            guard count == 3, self[0].withBytes({ $0.elementsEqual("unsubscribe".utf8) }) == true else { return false }
            return self[1].withBytes { nonce.isSpelled(by: $0) } ?? false
        }
    }
}
