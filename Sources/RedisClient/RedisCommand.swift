/// One command in the form in which it goes over the wire (RESP2 array of bulk strings), encoded on the caller's
/// thread.
package struct RedisCommand: Sendable {
    /// The encoded command and a NUL, which hiredis wants after it.
    private(set) var storage: [UInt8]

    /// Bytes on the wire.
    package var byteCount: Int { storage.count - 1 }

    package init(_ name: String, _ arguments: String...) {
        self.init([name] + arguments)
    }

    package init(_ arguments: [String]) {
        var storage: [UInt8] = []
        storage.reserveCapacity(arguments.reduce(16) { $0 + $1.utf8.count + 16 })
        storage.append(UInt8(ascii: "*"))
        storage.appendLine(arguments.count)
        for argument in arguments {
            storage.append(UInt8(ascii: "$"))
            storage.appendLine(argument.utf8.count)
            storage.append(contentsOf: argument.utf8)
            storage.append(contentsOf: [13, 10])
        }
        storage.append(0)
        self.storage = storage
    }

    /// For a command whose parts are encoded ahead of time. `write` fills exactly `byteCount` bytes with one whole
    /// command.
    package init(byteCount: Int, write: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        storage = [UInt8](unsafeUninitializedCapacity: byteCount + 1) { buffer, count in
            write(UnsafeMutableBufferPointer(rebasing: buffer[..<byteCount]))
            buffer[byteCount] = 0
            count = byteCount + 1
        }
    }

    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        storage.withUnsafeBufferPointer(body)
    }
}

extension [UInt8] {
    fileprivate mutating func appendLine(_ number: Int) {
        append(contentsOf: String(number).utf8)
        append(contentsOf: [13, 10])
    }
}
