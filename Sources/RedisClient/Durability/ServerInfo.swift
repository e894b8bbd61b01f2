/// The lines `name:value` of the answer to INFO.
enum ServerInfo {
    static func values(of names: Set<Substring>, in info: String) -> [Substring: Substring] {
        var values: [Substring: Substring] = [:]
        for line in info.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, names.contains(parts[0]) { values[parts[0]] = parts[1] }
        }
        return values
    }
}
