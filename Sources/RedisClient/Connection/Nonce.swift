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
        /// Answered also while the server loads its data and after a failed snapshot, when PING is not.
        case echo = "ECHO"
        /// For subscribed connections and for Sentinels, which know no ECHO.
        case ping = "PING"
    }

    let name: Name
    private var bytes: [UInt8]
    private let digits: Int

    init(_ name: Name) {
        self.name = name
        let head = "*2\r\n$4\r\n\(name.rawValue)\r\n$\(Nonce.length)\r\n"
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
    /// Whether it has the form of an answer to a nonce. A lookup's reply, an array, has not.
    var mayRepeatNonce: Bool {
        if case .bytes = element { return true }
        return count == 2
    }

    /// Whether this is a server's answer to a nonce. On a subscribed connection PING is answered by `["pong", nonce]`.
    func repeats(_ nonce: Nonce) -> Bool {
        if let isRepeated = withBytes({ nonce.isSpelled(by: $0) }) { return isRepeated }
        guard count == 2, self[0].string == "pong" else { return false }
        return self[1].withBytes { nonce.isSpelled(by: $0) } ?? false
    }
}
