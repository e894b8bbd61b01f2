/// One command in the form in which it goes over the wire (RESP2 array of bulk strings), encoded on the caller's
/// thread.
package struct RedisCommand: Sendable {
    package let bytes: [UInt8]
    /// How many replies it has; the last one is the answer. More than one only for what `pipeline` made.
    let replies: Int
    /// Whether there is a nonce right before it, unless it is the first, and one right behind it.
    private(set) var isSealed = false
    /// Whether it applies the journal again: it may go to slots that are held back until just that is done.
    private(set) var appliesJournal = false

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
    static func pipeline(_ commands: [RedisCommand]) -> RedisCommand {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(commands.reduce(0) { $0 + $1.bytes.count })
        for command in commands { bytes += command.bytes }
        var pipeline = RedisCommand(bytes, replies: commands.reduce(0) { $0 + $1.replies })
        pipeline.isSealed = commands.contains(where: \.isSealed)
        pipeline.appliesJournal = commands.contains(where: \.appliesJournal)
        return pipeline
    }

    static func pipeline(_ first: RedisCommand, _ last: RedisCommand) -> RedisCommand { pipeline([first, last]) }

    /// With nonces right before and behind it: for a reply that does not say what it is about, which the reply to a
    /// neighbour of the same kind could replace without anybody noticing.
    package var sealed: RedisCommand {
        var command = self
        command.isSealed = true
        return command
    }

    /// The same, in order to apply the journal again.
    var applyingJournal: RedisCommand {
        var command = self
        command.appliesJournal = true
        return command
    }
}

extension [UInt8] {
    fileprivate mutating func appendLine(_ number: Int) {
        append(contentsOf: String(number).utf8)
        append(contentsOf: [13, 10])
    }
}
