@testable import RedisClient

/// A log-in with a server that says what it is told to, in words.
struct LoginPlay {
    private(set) var login: Login

    init(_ login: Login) {
        self.login = login
    }

    /// The names of the first commands.
    mutating func begin() -> [String] { login.begin().map(Self.name) }

    /// What comes of each reply in turn.
    mutating func hear(_ replies: String...) throws -> [String] {
        var login = login
        defer { self.login = login }
        return try ReceivedReplies.each(in: replies.joined()) { reply in
            switch login.received(reply) {
            case .done: "done"
            case .goOn(let more): more.isEmpty ? "go on" : "send " + more.map(Self.name).joined(separator: " ")
            case .failed(.unavailable(let reason)): "unavailable: \(reason)"
            case .failed(let error): "\(error)"
            }
        }
    }

    /// The first bulk string of the array.
    private static func name(_ command: RedisCommand) -> String {
        let lines = String(decoding: command.bytes.prefix(64), as: UTF8.self).split(separator: "\r\n")
        return lines.count > 2 ? String(lines[2]) : ""
    }
}
