@testable import RedisClient

/// A log-in with a server that says what it is told to, in words.
struct LoginPlay {
    private(set) var login: Login

    init(_ login: Login) {
        self.login = login
    }

    /// The names of the first commands, without the nonce behind them.
    mutating func begin() -> [String] { login.begin().dropLast().map(Self.name) }

    /// What comes of each reply in turn. The last one before a nonce comes with it.
    mutating func hear(_ replies: String...) throws -> [String] {
        try replies.map { reply in
            let progress = try hear(reply)
            guard progress.hasSuffix("go on"), login.commandsDue == 1 else { return progress }
            return try hear("$\(Nonce.length)\r\n\(login.nonce.text)\r\n")
        }
    }

    private mutating func hear(_ reply: String) throws -> String {
        var login = login
        defer { self.login = login }
        let progress = try ReceivedReplies.each(in: reply) { reply in
            switch login.received(reply) {
            case .done: "done"
            case .goOn(let more):
                more.isEmpty ? "go on" : "send " + more.dropLast().map(Self.name).joined(separator: " ")
            case .failed(.unavailable(let reason)): "unavailable: \(reason)"
            case .failed(let error): "\(error)"
            }
        }
        return progress.joined(separator: "; ")
    }

    /// The first bulk string of the array.
    private static func name(_ command: RedisCommand) -> String {
        let lines = String(decoding: command.bytes.prefix(64), as: UTF8.self).split(separator: "\r\n")
        return lines.count > 2 ? String(lines[2]) : ""
    }
}

extension Nonce {
    var text: String {
        var digits = [UInt8](repeating: 0, count: Self.length)
        digits.withUnsafeMutableBufferPointer { buffer in
            if let start = buffer.baseAddress { write(to: start) }
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
