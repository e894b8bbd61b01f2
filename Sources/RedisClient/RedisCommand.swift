/// One command in the form in which it goes over the wire (RESP2 array of bulk strings), encoded on the caller's
/// thread.
package struct RedisCommand: Sendable {
    package let bytes: [UInt8]
    /// How many replies it has; the last one is the answer. More than one only for what `pipeline` made.
    let replies: Int

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
        replies = 1
    }

    /// For a command whose parts are encoded ahead of time. `write` fills exactly `byteCount` bytes, at least one, with one
    /// whole command.
    package init(byteCount: Int, write: (UnsafeMutablePointer<UInt8>) -> Void) {
        bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            write(start)
            count = byteCount
        }
        replies = 1
    }

    private init(_ bytes: [UInt8], replies: Int) {
        self.bytes = bytes
        self.replies = replies
    }

    /// Several commands that travel as one: nothing comes between them, and the last one's reply is the answer.
    static func pipeline(_ first: RedisCommand, _ last: RedisCommand) -> RedisCommand {
        RedisCommand(first.bytes + last.bytes, replies: first.replies + last.replies)
    }
}

extension [UInt8] {
    fileprivate mutating func appendLine(_ number: Int) {
        append(contentsOf: String(number).utf8)
        append(contentsOf: [13, 10])
    }
}
