import EmbeddedRedis
import Foundation

/// `redis-cli` on one server: how to call it, and calling it.
struct RedisCLI {
    /// `-3 --no-raw` shows a hash as fields and values, on a terminal or not.
    private var connection = ["-3", "--no-raw"]
    /// The password goes where no list of processes shows it.
    private var environment: [String: String] = [:]

    /// - Parameter url: one that `RedisServer` has accepted.
    init(url: String) throws {
        guard let parts = URLComponents(string: url) else { throw URLError(.badURL) }
        var database = parts.queryItems?.first?.value ?? ""
        if let host = parts.host, !host.isEmpty {
            connection += ["-h", host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))]
            connection += ["-p", String(parts.port ?? 6379)]
            database = String(parts.path.dropFirst())
        } else {
            connection += ["-s", parts.path]
        }
        if parts.scheme?.lowercased() == "rediss" { connection += Self.tls(parts.queryItems ?? []) }
        if let user = parts.user, !user.isEmpty { connection += ["--user", user] }
        if !database.isEmpty { connection += ["-n", database] }
        environment["REDISCLI_AUTH"] = parts.password
    }

    /// What `RedisTLS` reads in a URL, as options of `redis-cli`.
    private static func tls(_ query: [URLQueryItem]) -> [String] {
        let options = ["ca": "--cacert", "cert": "--cert", "key": "--key", "name": "--sni"]
        return query.reduce(into: ["--tls"]) { arguments, item in
            if let option = options[item.name], let value = item.value { arguments += [option, value] }
        }
    }

    /// The command as one would type it, without the password.
    func commandLine(_ command: [String]) -> String {
        (["redis-cli"] + connection + command).map(Self.quoted).joined(separator: " ")
    }

    func run(_ command: [String]) async throws -> String {
        let result = try await runCommand("redis-cli", connection + command, environment: environment)
        return result.standardOutput + result.standardError
    }

    /// Quoted for a shell where that is needed.
    static func quoted(_ word: String) -> String {
        let harmless = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./:=@%+,".utf8.contains(byte)
            }
        }
        guard !harmless || word.isEmpty else { return word }
        return "'\(word.replacingOccurrences(of: "'", with: "'\\''"))'"
    }
}
