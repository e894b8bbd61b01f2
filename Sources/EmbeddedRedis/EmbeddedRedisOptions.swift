import Foundation

/// How an embedded Redis differs from the default one.
package struct EmbeddedRedisOptions: Sendable {
    /// Listen on a free port of 127.0.0.1 as well.
    package var listensOnPort = false
    /// Speak TLS on that port, and nothing else.
    package var tls: EmbeddedRedisTLS?
    /// What the default user must give (`requirepass`).
    package var password: String?
    /// Keep an append-only file, so that `restart` finds the data again.
    package var appendOnly = false
    /// More lines of redis.conf, such as `maxmemory 8mb`; they take precedence.
    package var configuration: [String] = []
    /// The path of a shared library that is loaded into the server before all others (`LD_PRELOAD`).
    package var preload: String?
    /// What it is in a fleet.
    var role = ServerRole.data

    package init(
        listensOnPort: Bool = false, password: String? = nil, appendOnly: Bool = false, configuration: [String] = []
    ) {
        self.listensOnPort = listensOnPort
        self.password = password
        self.appendOnly = appendOnly
        self.configuration = configuration
    }

    /// What decides how much memory a session takes and what happens when it runs out: the same here as in
    /// docker-compose.yml, so that what is tested and measured here holds there. Under names that Redis 6.2 knows, too.
    package static let memorySettings = [
        "maxmemory-policy": "noeviction",
        "hash-max-ziplist-value": "512",
    ]
}

extension EmbeddedRedisOptions {
    func lines(directory: String, port: Int?) -> [String] {
        let common = [
            "dir \(Self.quoted(directory))",
            "unixsocket \(Self.quoted(PrivateDirectory.socket(in: directory)))",
            "unixsocketperm 700",
            "bind 127.0.0.1",
            "port \(tls == nil ? port ?? 0 : 0)",
            "daemonize no",
        ]
        guard role == .data else { return common + configuration }
        var lines = common
        lines += [
            "save \"\"",
            "appendonly \(appendOnly ? "yes" : "no")",
        ]
        // With `everysec`, a write waits while an earlier fsync is under way, and its reply does not: it would not outlive
        // the process.
        if appendOnly { lines.append("appendfsync no") }
        lines += Self.memorySettings.sorted(by: <).map { "\($0) \($1)" }
        if let tls, let port { lines += tls.lines(port: port) }
        if let password { lines.append("requirepass \(Self.quoted(password))") }
        return lines + configuration
    }

    /// A file rather than arguments: every user of the machine can read a process' arguments.
    func writeConfiguration(in directory: String, port: Int?) throws(EmbeddedRedisError) {
        let text = lines(directory: directory, port: port).joined(separator: "\n") + "\n"
        let path = PrivateDirectory.configuration(in: directory)
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
            throw .systemError("cannot write \(path)")
        }
    }

    /// What stands before the host in a URL.
    var userInformation: String {
        guard let password else { return "" }
        let encoded = password.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return ":\(encoded)@"
    }

    static func quoted(_ text: String) -> String {
        let escaped = text.map { character in
            switch character {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            default: String(character)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
