import Foundation

/// The directory of one embedded server, and where things are in it.
enum PrivateDirectory {
    /// A Unix socket's path fits in 104 bytes on macOS and 108 on Linux.
    private static let longestBase = 64

    static func create() throws(EmbeddedRedisError) -> String {
        let temporary = FileManager.default.temporaryDirectory.path
        let base = temporary.utf8.count <= longestBase ? temporary : "/tmp"
        // mkdtemp creates it with mode 0700.
        var template = Array("\(base)/sr-redis.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .systemError("cannot create a directory in \(base): \(String(cString: strerror(errno)))")
        }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    static func remove(_ directory: String) {
        try? FileManager.default.removeItem(atPath: directory)
    }

    static func socket(in directory: String) -> String { "\(directory)/redis.sock" }
    static func configuration(in directory: String) -> String { "\(directory)/redis.conf" }
    static func log(in directory: String) -> String { "\(directory)/redis.log" }

    static func logTail(in directory: String) -> String {
        guard let log = FileManager.default.contents(atPath: log(in: directory)) else { return "" }
        return String(decoding: log.suffix(2000), as: UTF8.self)
            .split(separator: "\n").suffix(12).joined(separator: "\n")
    }
}
