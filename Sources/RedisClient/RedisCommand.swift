/// One command in the form in which it goes over the wire (RESP2 array of bulk strings), encoded on the caller's
/// thread.
package struct RedisCommand: Sendable {
    package let bytes: [UInt8]
    /// How many replies it has; the last one is the answer. More than one only for what `pipeline` made.
    private(set) var replies = 1

    package init(_ name: String, _ arguments: String...) {
        self.init([name] + arguments)
    }

    package init(_ arguments: [String]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(arguments.reduce(16) { $0 + $1.utf8.count + 16 })
        bytes.append(UInt8(ascii: "*"))
        bytes.appendLine(arguments.count)
        for argument in arguments {
            bytes.append(UInt8(ascii: "$"))
            bytes.appendLine(argument.utf8.count)
            bytes.append(contentsOf: argument.utf8)
            bytes.append(contentsOf: [13, 10])
        }
        self.bytes = bytes
    }

    /// For a command whose parts are encoded ahead of time. `write` fills exactly `byteCount` bytes with one whole
    /// command.
    package init(byteCount: Int, write: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            write(UnsafeMutableBufferPointer(rebasing: buffer[..<byteCount]))
            count = byteCount
        }
    }

    /// Several commands that travel as one: nothing comes between them, and the last one's reply is the answer.
    static func pipeline(_ first: RedisCommand, _ last: RedisCommand) -> RedisCommand {
        let bytes = first.bytes + last.bytes
        var command = RedisCommand(byteCount: bytes.count) { _ = $0.update(fromContentsOf: bytes) }
        command.replies = first.replies + last.replies
        return command
    }
}

extension [UInt8] {
    fileprivate mutating func appendLine(_ number: Int) {
        append(contentsOf: String(number).utf8)
        append(contentsOf: [13, 10])
    }
}
