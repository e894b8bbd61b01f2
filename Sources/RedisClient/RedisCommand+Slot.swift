/// Which slot a command is about, read from its encoded form: asked for only where some slots are held back.
extension RedisCommand {
    /// Of several commands that travel as one, the slot of the first one with a key. `nil` where none has one.
    var slot: HashSlot? {
        var reader = Reader(bytes: bytes[...])
        while let arguments = reader.nextCommand() {
            guard let name = arguments.first, !Self.keyless.contains(name.uppercased()) else { continue }
            let isScript = Self.scripts.contains(name.uppercased())
            if isScript, arguments.count > 2, arguments[2] == "0" { continue }
            let position = isScript ? 3 : 1
            return arguments.count > position ? HashSlot(key: arguments[position]) : nil
        }
        return nil
    }

    /// Their first argument, if any, is no key. Any other command counts as one with a key: held back without need, it
    /// fails, while a keyed one that were let through could be answered wrongly.
    private static let keyless: Set = [
        "ACL", "ASKING", "AUTH", "CLIENT", "CLUSTER", "COMMAND", "CONFIG", "DBSIZE", "ECHO", "FLUSHALL", "FLUSHDB",
        "INFO", "KEYS", "LATENCY", "MEMORY", "PING", "PUBLISH", "ROLE", "SCAN", "SCRIPT", "SELECT", "SLOWLOG",
        "SUBSCRIBE", "TIME", "UNSUBSCRIBE", "WAIT",
    ]

    /// Their third argument is the first key.
    private static let scripts: Set = ["EVAL", "EVALSHA"]

    /// Takes commands apart that this client has encoded.
    private struct Reader {
        var bytes: ArraySlice<UInt8>

        /// The first arguments of the next command, as many as are needed; `nil` at the end.
        mutating func nextCommand() -> [String]? {
            guard let count = number(after: UInt8(ascii: "*")) else { return nil }
            var arguments: [String] = []
            for position in 0..<count {
                guard let length = number(after: UInt8(ascii: "$")), bytes.count >= length + 2 else { return nil }
                // A script's text is long, and not needed.
                arguments.append(
                    position == 1 && length > 1024 ? "" : String(decoding: bytes.prefix(length), as: UTF8.self))
                bytes = bytes.dropFirst(length + 2)
            }
            return arguments
        }

        private mutating func number(after mark: UInt8) -> Int? {
            guard bytes.first == mark, let end = bytes.firstIndex(of: 13) else { return nil }
            let number = Int(String(decoding: bytes[bytes.index(after: bytes.startIndex)..<end], as: UTF8.self))
            bytes = bytes[end...].dropFirst(2)
            return number
        }
    }
}
