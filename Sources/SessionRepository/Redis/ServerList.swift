import Foundation

/// Several hosts where a URL has room for one: `scheme://user:password@a:1,b:2/path`.
struct ServerList {
    /// The URL with the first host only, for the rest of it to be read as usual.
    let remainder: String
    private let hosts: [Substring]
    private let logIn: Substring

    private static let schemes: Set = ["redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"]

    /// `nil` for a URL of another scheme, or without hosts.
    init?(url: String) {
        guard let marker = url.firstRange(of: "://"),
            Self.schemes.contains(url[..<marker.lowerBound].lowercased())
        else { return nil }
        let rest = url[marker.upperBound...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let begin = rest[..<end].lastIndex(of: "@").map(rest.index(after:)) ?? rest.startIndex
        logIn = rest[..<begin].dropLast()
        hosts = rest[begin..<end].split(separator: ",", omittingEmptySubsequences: false)
        guard let first = hosts.first else { return nil }
        remainder = String(url[..<begin] + first + rest[end...])
    }

    func endpoints(defaultPort: Int) throws(SessionRepositoryError) -> [(host: String, port: Int)] {
        // `a,user:password@b`: what looks like a host would be part of the user, or of the password.
        guard !logIn.contains("@"), !logIn.prefix(while: { $0 != ":" }).contains(",") else {
            throw RedisServer.invalidURL("its log-in stands once, before the first host, percent-encoded")
        }
        var endpoints: [(host: String, port: Int)] = []
        for host in hosts {
            guard let parts = URLComponents(string: "redis://\(host)"), let name = parts.host, !name.isEmpty,
                parts.user == nil, parts.path.isEmpty
            else { throw RedisServer.invalidURL("its hosts must be host:port,host:port…") }
            endpoints.append(
                (name.trimmingCharacters(in: CharacterSet(charactersIn: "[]")), parts.port ?? defaultPort))
        }
        return endpoints
    }
}
